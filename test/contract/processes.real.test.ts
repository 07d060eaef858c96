// Real processes: zombies, reused numbers, awkward names, other users, and macOS's structures
// decoded from bytes.

import { afterEach, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { createProcesses } from "../../src/effects/processes.ts";
import {
  decodeBsdInfo,
  decodeEnvironment,
  decodePids,
  decodeTaskInfo,
} from "../../src/effects/processes-darwin.ts";
import { decodeResident, isDead, linuxProcessTable } from "../../src/effects/processes-linux.ts";
import { parseProcStat } from "../../src/formats/proc-stat.ts";
import { known, processesSuite } from "./processes.suite.ts";
import { endAll, endChild, makeZombie, pidOf, procStat, spawnArgv } from "./real-processes.ts";
import { spawnSleeper, until } from "./real-processes.ts";

afterEach(endAll);

const NOBODY = 0x3fff_fff0;

async function family(): Promise<readonly [number, number, number]> {
  const script = 'sh -c "echo \\$\\$; sleep 300 & echo \\$!; wait" & wait';
  const child = spawnArgv(["sh", "-c", script]);
  const [middle, bottom] = [await child.line(0), await child.line(1)];
  return [child.pid, Number(middle), Number(bottom)];
}

const underTest = () => ({
  processes: createProcesses(),
  spawn: async () => pidOf(await spawnSleeper()),
  end: endChild,
  zombie: makeZombie,
  family,
  until,
  nobody: NOBODY,
});

if (process.platform === "linux") processesSuite("linux", underTest);
else console.warn("skipped: the suite's fixtures read /proc");

test("asked as often as a daemon asks, existence is told as it was before", async () => {
  const processes = createProcesses();
  const pid = pidOf(await spawnSleeper());
  for (let asked = 0; asked < 2000; asked += 1) processes.exists(process.pid);
  expect(processes.exists(pid)).toBe("maybe");
  await endChild(pid);
  expect(processes.exists(pid)).toBe("dead");
  expect([processes.exists(NOBODY), processes.exists(0), processes.exists(-1)]).toEqual([
    "dead",
    "dead",
    "dead",
  ]);
});

const table = linuxProcessTable();

processesSuite("linux, check then kill", () => ({
  ...underTest(),
  processes: createProcesses({ ...table, sendByHandle: () => null }),
}));

test("a peak that the system leaves out costs nothing else", () => {
  expect(decodeResident("VmHWM:\t  12 kB\nVmRSS:\t  10 kB\n")).toEqual({
    rssKb: 10,
    rssPeakKb: 12,
  });
  expect(decodeResident("Name:\tx\nVmRSS:\t  10 kB\n")).toEqual({ rssKb: 10 });
  expect(decodeResident("Name:\tkthreadd\n")).toBeNull();
});

test("a program may be named like the fields after it", async () => {
  const dir = mkdtempSync(`${tmpdir()}/iapeer-processes-`);
  try {
    const program = `${dir}/a) Z 1 (b`;
    copyFileSync("/bin/sleep", program);
    const child = spawnArgv([program, "300"]);
    const processes = createProcesses();
    await until(() => procStat(child.pid).includes("a) Z 1 (b"));
    expect(processes.liveness(known(processes, child.pid))).toBe("alive");
    await endChild(child.pid);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

describe("/proc/<pid>/stat", () => {
  const rest = (state: string, threads: number) =>
    `${state} 7 8 9 0 -1 4194560 1 0 0 0 25 17 0 0 20 0 ${threads} 0 4711 1 2 3`;

  test("fields are counted from the last parenthesis", () => {
    const stat = parseProcStat(`42 (x) y (z)) ${rest("S", 3)}\n`);
    const ids = { pid: 42, ppid: 7, pgrp: 8 };
    expect(stat).toEqual({ ...ids, state: "S", cpuTicks: 42, threads: 3, start: "4711" });
  });

  test("a zombie is dead, a leader that its threads outlive is not", () => {
    const dead = (state: string, threads: number) => {
      const stat = parseProcStat(`42 (x) ${rest(state, threads)}`);
      return stat === null ? null : isDead(stat);
    };
    expect([dead("Z", 1), dead("Z", 2), dead("X", 1), dead("S", 1), dead("T", 1)]).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  test("what is cut short is not understood", () => {
    for (const text of ["", "42 (x", "42 (x) S 1 2", "42 x S", `x (x) ${rest("S", 1)}`]) {
      expect(parseProcStat(text)).toBeNull();
    }
  });
});

describe("macOS structures", () => {
  test("struct proc_bsdinfo", () => {
    const bytes = new Uint8Array(136);
    const view = new DataView(bytes.buffer);
    view.setUint32(4, 2, true);
    view.setUint32(12, 4711, true);
    view.setUint32(16, 815, true);
    view.setBigUint64(120, 1_700_000_000n, true);
    view.setBigUint64(128, 1234n, true);
    expect(decodeBsdInfo(bytes)).toEqual({
      pid: 4711,
      ppid: 815,
      zombie: false,
      start: "1700000000.001234",
    });
    view.setUint32(4, 5, true);
    expect(decodeBsdInfo(bytes).zombie).toBe(true);
  });

  test("what KERN_PROCARGS2 answers", () => {
    const args = (argc: number, rest: string) => {
      const bytes = Buffer.alloc(4 + Buffer.byteLength(rest));
      bytes.writeInt32LE(argc);
      bytes.write(rest, 4);
      return decodeEnvironment(bytes);
    };
    const path = "/bin/sh\0\0\0\0";
    expect(args(2, `${path}sh\0IN=args\0A=1\0B=x=y\0\0apple\0`)).toEqual(["A=1", "B=x=y"]);
    // An empty argument is one; a program without an environment has none.
    expect(args(2, `${path}sh\0\0A=1\0\0`)).toEqual(["A=1"]);
    expect(args(1, `${path}sh\0\0`)).toEqual([]);
    for (const [argc, text] of [[1, ""], [-1, `${path}a\0`], [9, `${path}a\0`]] as const) {
      expect(args(argc, text)).toEqual([]);
    }
    expect(decodeEnvironment(new Uint8Array(2))).toEqual([]);
  });

  test("struct proc_taskinfo, in the units of an Apple processor", () => {
    const bytes = new Uint8Array(96);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(8, 2_097_152n, true);
    view.setBigUint64(16, 24_000_000n, true);
    view.setBigUint64(24, 24_000_000n, true);
    expect(decodeTaskInfo(bytes, { numer: 125, denom: 3 })).toEqual({ rssKb: 2048, cpuMs: 2000 });
  });

  test("a list of pids ends where its bytes do, and holds no zero", () => {
    expect(decodePids(new Int32Array([5, 0, 7, 9]), 12)).toEqual([5, 7]);
    expect(decodePids(new Int32Array([5]), -1)).toEqual([]);
  });
});
