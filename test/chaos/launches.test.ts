// The daemon dies in the middle of launching many, and a host that reboots: each life that began
// has its one end, none is lost sight of, and no reused pid is taken for ours (lifecycle §5).

import { describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import type { Personality } from "../../src/core/names.ts";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import { pathsOf } from "../../src/flows/session/records.ts";
import { renderStartRecord } from "../../src/formats/start-record.ts";
import { Random } from "../fakes/random.ts";
import { eventually, Fleet } from "./fleet.ts";
import { livingStarts, mustHold } from "./judge.ts";

const SEED = Number(process.env["CHAOS_SEED"] ?? Math.floor(performance.timeOrigin) % 1_000_000);
const ENV = { IAPEER_TICK_SECS: "1", IAPEER_CRASHLOOP_MAX: "1000" };

describe(`launches that are cut off, CHAOS_SEED=${SEED}`, () => {
  test("SIGKILL of the daemon at any moment of a mass launch", async () => {
    await using fleet = new Fleet({ env: ENV });
    const random = new Random(SEED);
    const names: Personality[] = [];
    for (let at = 0; at < 20; at += 1) names.push(await fleet.create(`many-${at}`, ["/bin/cat"]));
    for (let round = 0; round < 6; round += 1) {
      await fleet.startDaemon();
      const asked = names.map((personality) =>
        fleet.app.client.verb({ personality, verb: "new", request: {} }),
      );
      // Not a wait for anything: the moment of the kill is what is random.
      await Bun.sleep(random.int(0, 350));
      await fleet.killDaemon();
      await Promise.all(asked);
    }
    await fleet.startDaemon();
    await mustHold(fleet);
    await Promise.all(names.map((name) => fleet.wake(name)));
    await mustHold(fleet);
    expect(livingStarts(fleet)).toHaveLength(names.length);
  }, 120_000);
});

describe("a host that has rebooted", () => {
  test("ends what ran before, and signals nobody who has its pids now", async () => {
    await using fleet = new Fleet({ env: ENV });
    const plain = await fleet.create("plain", ["/bin/cat"]);
    const held = await fleet.create("held", ["/bin/cat"], { alwaysOn: true });
    await fleet.startDaemon();
    await fleet.wake(plain);
    await eventually("the always-on peer is up", () =>
      fleet.isAlive(fleet.starts(held).at(-1)?.server),
    );
    const innocent = Bun.spawn(["sleep", "1000"], { stdio: ["ignore", "ignore", "ignore"] });
    try {
      const stranger = fleet.app.host.processes.identify(innocent.pid);
      if (stranger === null || stranger === "unknown") throw new Error("no sleep");
      for (const name of [plain, held]) await powerCut(fleet, name, stranger);
      await fleet.startDaemon();
      await eventually("both ends are on record", () =>
        [plain, held].every((name) => fleet.ends(name).length === 1),
      );
      for (const name of [plain, held]) {
        expect(fleet.ends(name)).toMatchObject([{ ev: "server-exit", cause: "host-reboot" }]);
      }
      await eventually("the always-on peer is back", () => fleet.starts(held).length === 2);
      await mustHold(fleet);
      await fleet.wake(plain);
      await fleet.cli(["stop", "--all", "--yes"]);
      await mustHold(fleet);
      expect(fleet.isAlive(stranger)).toBe(true);
    } finally {
      innocent.kill("SIGKILL");
      await innocent.exited;
    }
  }, 60_000);
});

/** All at once, and as if at another boot, after which a stranger has got the pids. */
async function powerCut(fleet: Fleet, name: Personality, stranger: ProcessRef): Promise<void> {
  const { host } = fleet.app;
  const parts = await fleet.parts(name);
  await fleet.killDaemon();
  const [start] = fleet.starts(name);
  if (start === undefined) throw new Error("it has never lived");
  for (const part of [parts.recorder, parts.client, parts.pane, parts.server]) {
    host.processes.signal(part, "KILL");
  }
  await eventually(
    "nothing runs",
    () => !fleet.isAlive(parts.server) && !fleet.isAlive(parts.pane),
  );
  const paths = pathsOf(host, start);
  rmSync(paths.end, { force: true });
  rmSync(host.layout.exitsLog, { force: true });
  const other = { bootId: "another-boot", server: stranger, pane: stranger };
  writeFileSync(paths.start, renderStartRecord({ ...start, ...other }));
  writeFileSync(paths.canaryPid, `${JSON.stringify(stranger)}\n`);
}
