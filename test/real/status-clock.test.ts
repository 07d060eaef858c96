// Whether a daemon still ticks is told by a clock that nobody can set (lifecycle §4): a set clock
// neither makes it look stale nor hides that it hangs, and a suspend is no time to tick in.

import { expect, test } from "bun:test";
import { monoMs, wallMs } from "../../src/core/brand.ts";
import { createClient } from "../../src/daemon/api/client.ts";
import { Fleet } from "../chaos/fleet.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const CASES = [
  ["nothing happened", { wall: 0, boot: 0, mono: 0 }, "running"],
  ["the clock was set a day ahead", { wall: DAY, boot: 0, mono: 0 }, "running"],
  ["the clock was set a day back", { wall: -DAY, boot: 0, mono: 0 }, "running"],
  ["the host slept for an hour", { wall: HOUR, boot: HOUR, mono: 0 }, "running"],
  ["it has not ticked for an hour", { wall: HOUR, boot: HOUR, mono: HOUR }, "stale"],
  ["nor did it, and the clock was set back", { wall: -DAY, boot: HOUR, mono: HOUR }, "stale"],
  ["nor did it, and mono is our own", { wall: HOUR, boot: HOUR, mono: -DAY }, "stale"],
] as const;

test("a daemon's state when", async () => {
  await using fleet = new Fleet();
  await fleet.startDaemon();
  const { host } = fleet.app;
  for (const [what, moved, wanted] of CASES) {
    const clock = {
      ...host.clock,
      wall: () => wallMs(host.clock.wall() + moved.wall),
      bootMs: () => host.clock.bootMs() + moved.boot,
      mono: () => monoMs(host.clock.mono() + moved.mono),
    };
    const { state } = await createClient({ ...host, clock }).status();
    expect([what, state]).toEqual([what, wanted]);
  }
}, 60_000);
