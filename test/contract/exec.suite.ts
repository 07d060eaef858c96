// What every Exec does (ports/exec.ts).

import { describe, expect, test } from "bun:test";

import type { Exec } from "../../src/ports/exec.ts";
import type { Processes } from "../../src/ports/processes.ts";

/**
 * `ok` prints `out` and `err` and exits 0; `fails` prints `no` on stderr and exits 3; `hangs`
 * for an hour; `missing` does not exist.
 */
export type ProgramKind = "ok" | "fails" | "hangs" | "missing";

export interface ExecUnderTest {
  readonly exec: Exec;
  readonly processes: Processes;
  readonly argv: (kind: ProgramKind) => readonly string[];
  /** Lets time pass until the work has settled. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>;
  /** Ends a process that `detach` has started. */
  readonly end: (pid: number) => void;
}

type Factory = () => ExecUnderTest;

export function execSuite(name: string, factory: Factory): void {
  describe(`exec: ${name}`, () => {
    describe("run", () => runTests(factory));
    describe("detach", () => detachTests(factory));
  });
}

function runTests(factory: Factory): void {
  test("a program that succeeds", async () => {
    const { exec, argv, settle } = factory();
    const outcome = await settle(exec.run({ argv: argv("ok"), timeoutMs: 10_000 }));
    expect(outcome).toMatchObject({
      state: "ok",
      exitCode: 0,
      signal: null,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect(outcome.ms).toBeGreaterThanOrEqual(0);
  });

  test("a program that fails says with what", async () => {
    const { exec, argv, settle } = factory();
    const outcome = await settle(exec.run({ argv: argv("fails"), timeoutMs: 10_000 }));
    expect(outcome).toMatchObject({ state: "failed", exitCode: 3, stderr: "no\n" });
  });

  test("a program that hangs is ended in time", async () => {
    const { exec, argv, settle } = factory();
    const outcome = await settle(exec.run({ argv: argv("hangs"), timeoutMs: 100 }));
    expect(outcome).toMatchObject({ state: "timeout", exitCode: null });
    expect(outcome.ms).toBeGreaterThanOrEqual(95);
    expect(outcome.ms).toBeLessThan(2100);
  });

  test("a program that does not exist, or none at all, cannot be executed", async () => {
    const { exec, argv, settle } = factory();
    for (const missing of [argv("missing"), []]) {
      const outcome = await settle(exec.run({ argv: missing, timeoutMs: 1000 }));
      expect(outcome).toMatchObject({ state: "not-executable", exitCode: null, stdout: "" });
    }
  });

  test("more output than asked for is dropped, and the program not disturbed", async () => {
    const { exec, argv, settle } = factory();
    const spec = { argv: argv("ok"), timeoutMs: 10_000, maxBytes: 2 };
    const outcome = await settle(exec.run(spec));
    expect(outcome).toMatchObject({ state: "ok", stdout: "ou", stderr: "er" });
  });

  test("several run side by side", async () => {
    const { exec, argv, settle } = factory();
    const kinds: ProgramKind[] = ["ok", "fails", "missing", "hangs"];
    const runs = kinds.map((kind) => exec.run({ argv: argv(kind), timeoutMs: 300 }));
    const states = (await settle(Promise.all(runs))).map(({ state }) => state);
    expect(states).toEqual(["ok", "failed", "not-executable", "timeout"]);
  });
}

function detachTests(factory: Factory): void {
  test("a process is started, and named", () => {
    const { exec, processes, argv, end } = factory();
    const outcome = exec.detach({ argv: argv("hangs") });
    expect(outcome.state).toBe("spawned");
    if (outcome.state !== "spawned") return;
    const found = processes.identify(outcome.process.pid);
    expect(found).toEqual({ start: "", ...outcome.process });
    end(outcome.process.pid);
  });

  test("what does not exist is a failure, with a word about it", () => {
    const { exec, argv } = factory();
    for (const missing of [argv("missing"), []]) {
      const outcome = exec.detach({ argv: missing });
      expect(outcome.state).toBe("failed");
      if (outcome.state === "failed") expect(outcome.detail).not.toBe("");
    }
  });
}
