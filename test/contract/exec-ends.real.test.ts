// Real children that are ended with all they started, or before their time; and which part of a
// long output is kept (ports/exec.ts).

import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { createClock } from "../../src/effects/clock.ts";
import { createExec } from "../../src/effects/exec.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import type { RunSpec } from "../../src/ports/exec.ts";

const processes = createProcesses();
const exec = createExec(createClock(), processes);

const folders: string[] = [];
afterEach(() => {
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const dir = mkdtempSync(`${tmpdir()}/iapeer-exec-`);
  folders.push(dir);
  return dir;
}

const run = (argv: readonly string[], spec: Partial<RunSpec> = {}) =>
  exec.run({ argv, timeoutMs: 10_000, ...spec });

/** Processes that a script has written down, one pid a line. */
const pidsIn = (path: string): number[] =>
  readFileSync(path, "utf8").trim().split("\n").map(Number);

describe("a run that leaves nothing", () => {
  const last = { leavesNothing: true } as const;

  test("ends what its leader leaves of its group, also what ignores TERM", async () => {
    const pids = `${temporaryFolder()}/pids`;
    const script = `sleep 300 & echo $! > "$1"
      (trap '' TERM; : > "$1.ready"; while :; do sleep 1; done) & echo $! >> "$1"
      while [ ! -e "$1.ready" ]; do sleep 0.01; done; echo done`;
    const outcome = await run(["sh", "-c", script, "sh", pids], last);
    expect(outcome).toMatchObject({ state: "ok", exitCode: 0, stdout: "done\n" });
    expect(outcome.ms).toBeGreaterThanOrEqual(1950);
    for (const pid of pidsIn(pids)) expect(processes.identify(pid)).toBeNull();
  });

  test("ends descendants with a session of their own at its timeout", async () => {
    const pids = `${temporaryFolder()}/pids`;
    const script = 'setsid sh -c \'echo $$ > "$1"; exec sleep 300\' sh "$1" & wait';
    const outcome = await run(["sh", "-c", script, "sh", pids], { ...last, timeoutMs: 400 });
    expect(outcome.state).toBe("timeout");
    for (const pid of pidsIn(pids)) expect(processes.identify(pid)).toBeNull();
  });

  test("also when its leader has ended before anybody could look at it", async () => {
    const pids = `${temporaryFolder()}/pids`;
    const blind = createExec(createClock(), { ...processes, identify: () => null });
    const script = 'sleep 300 & echo $! > "$1"';
    const argv = ["sh", "-c", script, "sh", pids];
    const outcome = await blind.run({ argv, timeoutMs: 10_000, ...last });
    expect(outcome.state).toBe("ok");
    for (const pid of pidsIn(pids)) expect(processes.identify(pid)).toBeNull();
  });

  test("is not held up when there is nothing", async () => {
    const outcome = await run(["sh", "-c", "echo done"], last);
    expect(outcome).toMatchObject({ state: "ok", stdout: "done\n" });
    expect(outcome.ms).toBeLessThan(1000);
  });
});

test("a run is ended when it is no longer wanted, also before it began", async () => {
  const later = new AbortController();
  const going = run(["sh", "-c", "echo begun; exec sleep 300"], { signal: later.signal });
  setTimeout(() => later.abort(), 100);
  expect(await going).toMatchObject({ state: "failed", signal: "SIGTERM" });
  const before = await run(["sleep", "300"], { signal: AbortSignal.abort() });
  expect(before).toMatchObject({ state: "failed", signal: "SIGTERM" });
});

test("of too much output the first or the last is kept, and no half character", async () => {
  const script = "printf 'begin'; head -c 300000 /dev/zero | tr '\\0' x; printf 'ü end'";
  const text = async (spec: Partial<RunSpec>) => (await run(["sh", "-c", script], spec)).stdout;
  expect(await text({ maxBytes: 5 })).toBe("begin");
  expect(await text({ maxBytes: 6, keep: "last" })).toBe("ü end");
  expect(await text({ maxBytes: 5, keep: "last" })).toBe(" end");
  expect((await run(["printf", "ü"], { maxBytes: 9, keep: "last" })).stdout).toBe("ü");
});
