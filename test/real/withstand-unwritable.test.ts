// What cannot be written, logs or what the daemon remembers: it fails nothing that can go on, and
// status and doctor say so (lifecycle §8).

import { expect, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";

const ENV = { IAPEER_TICK_SECS: "1" };

test("logs with a folder in their place fail nothing, and status says so", async () => {
  await using fleet = new Fleet({ env: ENV });
  const peer = await fleet.create("peer", ["/bin/cat"]);
  const { lifecycleLog, exitsLog } = fleet.app.host.layout;
  for (const log of [lifecycleLog, exitsLog]) mkdirSync(log);
  await fleet.startDaemon();
  await fleet.wake(peer);
  fleet.app.host.processes.signal((await fleet.parts(peer)).server, "KILL");
  await eventually("its end is noticed", () => fleet.ends(peer).length === 1);
  expect((await fleet.cli(["wake", peer])).code).toBe(0);
  expect((await fleet.cli(["stop", peer])).code).toBe(0);
  const status = await fleet.cli(["status", "--json"]);
  expect(status.code).toBe(1);
  const { troubles } = JSON.parse(status.out) as { troubles: readonly { code: string }[] };
  expect(troubles.map(({ code }) => code)).toContain("log-unwritable");
  const doctor = await fleet.cli(["doctor", "--json"]);
  expect({ code: doctor.code, out: doctor.out }).toEqual({
    code: 1,
    out: expect.stringContaining("log-unwritable") as unknown as string,
  });
  for (const log of [lifecycleLog, exitsLog]) rmSync(log, { recursive: true });
  await mustHold(fleet);
}, 60_000);

test("what the daemon remembers: status and doctor name it, and not only a restart", async () => {
  await using fleet = new Fleet({ env: ENV });
  await fleet.startDaemon();
  const { heartbeat } = fleet.app.host.layout;
  const codesOf = async (verb: string) => {
    const { out } = await fleet.cli([verb, "--json"]);
    const { troubles, findings } = JSON.parse(out) as Record<string, { code: string }[]>;
    return (troubles ?? findings ?? []).map(({ code }) => code);
  };
  rmSync(heartbeat);
  mkdirSync(join(heartbeat, "full"), { recursive: true });
  await eventually("the daemon has noticed", async () =>
    (await codesOf("status")).includes("state-unwritable"),
  );
  expect(await codesOf("doctor")).toContain("state-unwritable");
  rmSync(heartbeat, { recursive: true });
  await eventually("all is well again", async () => (await codesOf("status")).length === 0);
  expect(await codesOf("doctor")).toEqual([]);
}, 60_000);
