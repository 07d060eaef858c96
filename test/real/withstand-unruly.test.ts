// Peers that do not behave: deaf to TERM and HUP with children as deaf, one that floods its
// screen, one that leaves a child behind, one that ends at once. Each is ended or recorded within
// bounds, and none of them costs the daemon anything that grows.

import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Personality } from "../../src/core/names.ts";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import { eventually, Fleet } from "../chaos/fleet.ts";
import { mustHold } from "../chaos/judge.ts";

const DEAF = 'trap "" TERM HUP INT; setsid sleep 1000 & sleep 1000 & echo up; exec sleep 1000';
const MIB = 1024 * 1024;
const ENV = { IAPEER_TICK_SECS: "1" };

const family = (fleet: Fleet, name: Personality): readonly ProcessRef[] => {
  const pane = fleet.starts(name).at(-1)?.pane;
  if (pane === undefined) throw new Error(`${name} is down`);
  return [pane, ...fleet.app.host.processes.descendants(pane)];
};

async function deafPeer(fleet: Fleet): Promise<{ name: Personality; all: readonly ProcessRef[] }> {
  const name = await fleet.create("deaf", ["/bin/sh", "-c", DEAF], { ready: "up" });
  await fleet.startDaemon();
  await fleet.wake(name);
  await eventually("its children run", () => family(fleet, name).length === 3);
  return { name, all: family(fleet, name) };
}

describe("a peer that is deaf to TERM and HUP, and its children", () => {
  test("ends at a stop, children of sessions of their own too", async () => {
    await using fleet = new Fleet({ env: ENV });
    const { name, all } = await deafPeer(fleet);
    const begun = performance.now();
    expect(await fleet.cli(["stop", name])).toMatchObject({ code: 0 });
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(all.filter((one) => fleet.isAlive(one))).toEqual([]);
    await mustHold(fleet);
    expect(fleet.ends(name)).toMatchObject([{ ev: "teardown", reason: "stop" }]);
    // Of an end that is ours the kernel could still be asked (Linux tells).
    const peak = process.platform === "linux" ? expect.any(Number) : undefined;
    expect(fleet.ends(name)[0]?.verdict.rssPeakKb).toEqual(peak);
  }, 60_000);

  test("does not outlive its server", async () => {
    await using fleet = new Fleet({ env: ENV });
    const { name, all } = await deafPeer(fleet);
    const { server } = await fleet.parts(name);
    fleet.app.host.processes.signal(server, "KILL");
    await eventually("nothing of it runs", () => !all.some((one) => fleet.isAlive(one)));
    await mustHold(fleet);
    expect(fleet.ends(name)).toMatchObject([{ ev: "server-exit" }]);
  }, 60_000);
});

describe("a peer that floods its screen", () => {
  test("costs neither the daemon's memory nor the disk", async () => {
    const limits = { IAPEER_PANE_LOG_MAX_BYTES: "1MiB", IAPEER_PANE_LOG_KEEP: "2" };
    await using fleet = new Fleet({ env: { ...ENV, ...limits } });
    const flood = await fleet.create("flood", ["/usr/bin/yes", "0123456789".repeat(50)]);
    const quiet = await fleet.create("quiet", ["/bin/cat"]);
    await fleet.startDaemon();
    await fleet.wake(flood);
    const log = fleet.app.host.layout.paneLog(fleet.identity(flood));
    const { ino } = statSync(log);
    const before = residentBytes(fleet.daemonPid);
    await eventually("it was rotated three times", () => rotations(fleet) >= 3, 60_000);
    expect(statSync(log).ino).toBe(ino);
    const { panesDir } = fleet.app.host.layout;
    const kept = ["command-flood.log.1", "command-flood.log.2"];
    const copies = readdirSync(panesDir).filter((file) => /\.log\.\d+$/.test(file));
    expect(copies.filter((copy) => !kept.includes(copy))).toEqual([]);
    // The next rotation is under way all the time, and takes one away for a moment.
    let sizes: (number | undefined)[] = [];
    await eventually("both copies are there", () => {
      const facts = kept.map((copy) => statSync(join(panesDir, copy), { throwIfNoEntry: false }));
      sizes = facts.map((each) => each?.size);
      return sizes.every((size) => size !== undefined);
    });
    // What was written while a copy was made is in it too.
    for (const size of sizes) expect(size).toBeLessThan(8 * MIB);
    expect(residentBytes(fleet.daemonPid) - before).toBeLessThan(64 * MIB);
    await fleet.wake(quiet);
    expect(await fleet.cli(["stop", flood])).toMatchObject({ code: 0 });
    await mustHold(fleet);
  }, 120_000);
});

describe("a peer that ends", () => {
  test("and leaves a child behind, is over all the same", async () => {
    await using fleet = new Fleet({ env: ENV });
    const script = "setsid sleep 1000 & sleep 0.5; exit 3";
    const name = await fleet.create("parent", ["/bin/sh", "-c", script]);
    await fleet.startDaemon();
    await fleet.wake(name);
    await eventually("its end is on record", () => fleet.ends(name).length === 1);
    expect(fleet.ends(name)).toMatchObject([{ ev: "session-exit", deadStatus: 3 }]);
    await mustHold(fleet);
    await fleet.wake(name);
  }, 60_000);

  test("at once, twenty times over, has its code on record each time", async () => {
    await using fleet = new Fleet({ env: { ...ENV, IAPEER_CRASHLOOP_MAX: "1000" } });
    const name = await fleet.create("brief", ["/bin/sh", "-c", "exit 9"]);
    await fleet.startDaemon();
    for (let life = 1; life <= 20; life += 1) {
      const request = { personality: name, verb: "wake", request: {} } as const;
      const told = await fleet.app.client.verb(request);
      expect(told).toMatchObject({ value: { result: "failed" } });
      await eventually(`end ${life} is on record`, () => fleet.ends(name).length === life);
    }
    await mustHold(fleet);
    expect(fleet.ends(name).map(({ deadStatus }) => deadStatus)).toEqual(
      Array.from({ length: 20 }, () => 9),
    );
  }, 120_000);
});

function residentBytes(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kb) * 1024;
}

function rotations(fleet: Fleet): number {
  const { lifecycleLog } = fleet.app.host.layout;
  if (!existsSync(lifecycleLog)) return 0;
  return readFileSync(lifecycleLog, "utf8").split("action=rotated-pane-log").length - 1;
}
