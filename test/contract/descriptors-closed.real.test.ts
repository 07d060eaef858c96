// What is opened only to be looked at is closed again: a lease that is another's is asked for every
// few milliseconds, and a watch on a process that is gone by then is no watch.

import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { createClock } from "../../src/effects/clock.ts";
import { createDeathWatch } from "../../src/effects/death-watch/death-watch.ts";
import { createLease } from "../../src/effects/lease.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { endAll, spawnArgv } from "./real-processes.ts";

const isLinux = process.platform === "linux";
if (!isLinux) console.warn("skipped: open descriptors are counted in /proc");

afterEach(endAll);

const open = (): number => readdirSync("/proc/self/fd").length;

test.skipIf(!isLinux)("of a lease that is another's", () => {
  const dir = mkdtempSync(`${tmpdir()}/iapeer-lease-`);
  const path = `${dir}/daemon.lease`;
  const held = createLease().acquire(path);
  const before = open();
  for (let times = 0; times < 5; times += 1) {
    expect(createLease().acquire(path)).toEqual({ state: "busy" });
  }
  expect(open()).toBe(before);
  if (held.state === "held") held.release();
  rmSync(dir, { recursive: true });
});

test.skipIf(!isLinux)("of a process whose pid is another's by now", () => {
  const config = { deathWatch: "auto", sweepMs: 1000 } as const;
  const watch = createDeathWatch(config, createClock(), createProcesses());
  const gone = { pid: spawnArgv(["sleep", "60"]).pid, start: "1" };
  expect(watch.arm(gone, () => undefined)).toBe("already-dead");
  const before = open();
  for (let times = 0; times < 5; times += 1) watch.arm(gone, () => undefined);
  expect([open(), watch.armed()]).toEqual([before, 0]);
  watch.close();
});
