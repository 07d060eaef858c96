// Verbs of the real program while no daemon runs (docs/decisions/0012).

import { expect, test } from "bun:test";

import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";

/** A stop of it takes its two seconds. */
const STUBBORN = ["/bin/sh", "-c", 'trap "" TERM HUP; while :; do sleep 1; done'];
/** However short its life was, an always-on peer is restarted at once. */
const AT_ONCE = { IAPEER_RESTART_HEALTHY_SECS: "0" };

test("a peer that dies during another's stop is the next daemon's to launch", async () => {
  await using fleet = new Fleet({ env: AT_ONCE });
  const stubborn = await fleet.create("stubborn", STUBBORN);
  const always = await fleet.create("always", ["/bin/cat"], { alwaysOn: true });
  await fleet.startDaemon();
  for (const peer of [stubborn, always]) await fleet.wake(peer);
  const { server } = await fleet.parts(always);
  await fleet.killDaemon();
  const stopped = fleet.cli(["stop", stubborn]);
  await eventually("the stop has begun", () => fleet.ends(stubborn).length === 1);
  fleet.app.host.processes.signal(server, "KILL");
  await eventually("its end is on record", () => fleet.ends(always).length === 1);
  expect(await stopped).toMatchObject({ code: 0 });
  expect(fleet.starts(always)).toHaveLength(1);
  await fleet.startDaemon();
  await eventually("the daemon launches it", () => fleet.starts(always).length === 2);
  expect(fleet.ends(always)).toHaveLength(1);
  await mustHold(fleet);
}, 60_000);

test("a daemon that starts during a stop waits for it to end", async () => {
  await using fleet = new Fleet();
  const stubborn = await fleet.create("stubborn", STUBBORN);
  await fleet.startDaemon();
  await fleet.wake(stubborn);
  const { pane } = await fleet.parts(stubborn);
  await fleet.killDaemon();
  const stopped = fleet.cli(["stop", stubborn]);
  await eventually("the stop has begun", () => fleet.ends(stubborn).length === 1);
  await fleet.startDaemon();
  expect(fleet.isAlive(pane)).toBe(false);
  expect(await stopped).toMatchObject({ code: 0 });
  expect(fleet.ends(stubborn)).toMatchObject([{ reason: "stop", by: "cli" }]);
  await mustHold(fleet);
}, 60_000);
