// Every provider that nobody should have written, as a real process (memory-provider contract,
// "Running a command"): the outcome names the case, in bounded time, and nothing is left behind.

import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { ProvisionOutcome } from "../../src/core/provider.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { Place } from "./place.ts";

const processes = createProcesses();
const TIMEOUT_MS = 30_000;

/** What was written down, one pid a line, is no longer there. */
function expectGone(path: string, count: number): void {
  const pids = readFileSync(path, "utf8").trim().split("\n").map(Number);
  expect(pids).toHaveLength(count);
  for (const pid of pids) expect(processes.identify(pid)).toBeNull();
}

describe("a provider that hangs", () => {
  test("is ended at its bound, and so is what it started", async () => {
    using at = new Place({ provisionTimeoutMs: 300 });
    const text = 'echo $$ > "$1"; sleep 300 & echo $! >> "$1"; echo late >&2; wait';
    const script = at.script("p", text);
    const outcome = await at.run([script, at.path("pids")]);
    expect(outcome).toMatchObject({ state: "timeout", signal: "SIGTERM", detail: "late\n" });
    expect(outcome.durationMs).toBeLessThan(2200);
    expectGone(at.path("pids"), 2);
  }, TIMEOUT_MS);

  test("and ignores TERM is killed 2 s later", async () => {
    using at = new Place({ provisionTimeoutMs: 300 });
    const script = at.script("p", 'trap "" TERM; echo $$ > "$1"; while :; do sleep 1; done');
    const outcome = await at.run([script, at.path("pids")]);
    expect(outcome).toMatchObject({ state: "timeout", signal: "SIGKILL" });
    expect(outcome.durationMs).toBeGreaterThanOrEqual(2250);
    expect(outcome.durationMs).toBeLessThan(5000);
    expectGone(at.path("pids"), 1);
  }, TIMEOUT_MS);

  test("with all it has, deaf to TERM and with the pipes open, leaves nothing", async () => {
    using at = new Place({ provisionTimeoutMs: 1000 });
    const deaf = "trap '' TERM; while :; do sleep 1; done";
    const note = 'echo $! >> "$1"';
    const script = at.script("p", `trap "" TERM; echo $$ > "$1"
      sh -c "${deaf}" & ${note}; setsid sh -c "${deaf}" & ${note}; echo begun >&2; wait; wait`);
    const outcome = await at.run([script, at.path("pids")]);
    expect(outcome).toMatchObject({ state: "timeout", signal: "SIGKILL", detail: "begun\n" });
    expectGone(at.path("pids"), 3);
  }, TIMEOUT_MS);

  test("with a grandchild in a session of its own takes that with it", async () => {
    using at = new Place({ provisionTimeoutMs: 500 });
    const inner = 'echo $$ > "$1"; exec sleep 300';
    const script = at.script("p", `setsid sh -c '${inner}' sh "$1" & wait`);
    const outcome = await at.run([script, at.path("pids")]);
    expect(outcome.state).toBe("timeout");
    expectGone(at.path("pids"), 1);
  }, TIMEOUT_MS);
});

describe("a provider that ends, and leaves grandchildren", () => {
  test("with its pipes is not waited for, and they are ended", async () => {
    using at = new Place();
    const script = at.script("p", 'sleep 300 & echo $! > "$1"; sleep 300 & echo $! >> "$1"');
    const outcome = await at.run([script, at.path("pids")]);
    expect(outcome).toMatchObject({ state: "ok", exitCode: 0 });
    expect(outcome.durationMs).toBeLessThan(3000);
    expectGone(at.path("pids"), 2);
  }, TIMEOUT_MS);

  test("that ignore TERM keeps its own exit code", async () => {
    using at = new Place();
    const deaf = "trap '' TERM; : > \"$1.deaf\"; while :; do sleep 1; done";
    const wait = 'while [ ! -e "$1.deaf" ]; do sleep 0.01; done';
    const script = at.script("p", `(${deaf}) & echo $! > "$1"; ${wait}; exit 7`);
    const outcome = await at.run([script, at.path("pids")]);
    expect(outcome).toMatchObject({ state: "failed", exitCode: 7 });
    expect(outcome.durationMs).toBeLessThan(6000);
    expectGone(at.path("pids"), 1);
  }, TIMEOUT_MS);
});

describe("a provider that floods", () => {
  const flood = async (script: string, count: number) => {
    using at = new Place();
    const meter = `${import.meta.dir}/programs/flood.ts`;
    const outcome = await at.host.exec.run({
      argv: [process.execPath, meter, `${script}; echo end >&2`, String(count)],
      timeoutMs: 120_000,
    });
    expect(outcome).toMatchObject({ state: "ok", stderr: "" });
    return JSON.parse(outcome.stdout) as { outcomes: ProvisionOutcome[]; grownMb: number };
  };

  const zeros = (bytes: number, where: string) => `head -c ${bytes} /dev/zero ${where}`;
  const floods: readonly (readonly [string, string, number])[] = [
    ["1 GB on stdout", zeros(2 ** 30, ""), 1],
    ["1 GB on stderr", zeros(2 ** 30, ">&2"), 1],
    ["4 at once, on both", `${zeros(5e7, "")}; ${zeros(5e7, ">&2")}`, 4],
  ];

  test.each(floods)("%s costs at most 20 MB, and is no failure", async (_, script, count) => {
    const { outcomes, grownMb } = await flood(script, count);
    expect(grownMb).toBeLessThanOrEqual(20);
    expect(outcomes).toHaveLength(count);
    for (const { state, detail } of outcomes) {
      expect([state, detail.slice(-4)]).toEqual(["ok", "end\n"]);
      expect(Array.from(detail).length).toBeLessThanOrEqual(400);
    }
  }, 150_000);
});

describe("a provider that", () => {
  test("dies by a signal has failed by it", async () => {
    using at = new Place();
    const outcome = await at.run([at.script("p", "echo ouch >&2; kill -SEGV $$")]);
    expect(outcome).toMatchObject({ state: "failed", exitCode: null, signal: "SIGSEGV" });
    expect(outcome.detail).toStartWith("ouch\n");
  });

  test("closes all its descriptors at once, or reads stdin, is not held up", async () => {
    using at = new Place();
    const closes = at.script("closes", "exec <&- >&- 2>&-; exit 0");
    expect(await at.run([closes])).toMatchObject({ state: "ok", detail: "" });
    expect(await at.run([at.script("reads", "[ -z \"$(cat)\" ]")])).toMatchObject({ state: "ok" });
  });

  test("needs a descriptor that is not there fails by its own hand", async () => {
    using at = new Place();
    const outcome = await at.run([at.script("p", "echo hello >&9")]);
    expect(outcome.state).toBe("failed");
    expect(outcome.detail).toContain("9");
  });

  test("inherits no descriptor of ours", async () => {
    using at = new Place();
    if (!existsSync("/proc/self/fd")) return console.warn("skipped: there is no /proc here");
    const outcome = await at.run([at.script("p", "ls /proc/$$/fd >&2")]);
    // The shell keeps descriptors of its own, from 10 on.
    const fds = outcome.detail.trim().split("\n").filter((fd) => Number(fd) < 10);
    expect(fds).toEqual(["0", "1", "2"]);
  });

  test("writes invalid UTF-8 is told with marks in its place", async () => {
    using at = new Place();
    const outcome = await at.run([at.script("p", "printf 'a\\377\\376b\\303' >&2; exit 1")]);
    expect(outcome.detail).toBe("a\ufffd\ufffdb\ufffd");
    expect(outcome.detail.isWellFormed()).toBe(true);
  });

  test("says too much is told by its last 400 characters, none of them halved", async () => {
    using at = new Place();
    const wave = "i=0; while [ $i -lt 900 ]; do printf '🌊' >&2; i=$((i+1)); done";
    const script = at.script("p", wave);
    const outcome = await at.run([script]);
    expect(outcome.detail).toBe("🌊".repeat(400));
  });
});

test("a script that goes after the system has looked, and before it is read", async () => {
  using at = new Place();
  const takes = at.script("takes", 'rm "$1"; exec /bin/sh "$@"');
  const path = at.script("p", "exit 0", `#!${takes}\n`);
  const outcome = await at.run([path]);
  // It was executable, and its interpreter has run: the failure is told by that.
  expect(outcome).toMatchObject({ state: "failed", signal: null });
  expect(outcome.exitCode).toBeGreaterThan(0);
  expect(outcome.detail).toContain(path);
});

describe("what cannot be executed", () => {
  const cases: readonly (readonly [string, (at: Place) => string, string])[] = [
    ["is missing", (at) => at.path("nowhere"), "nowhere"],
    ["has a file for a folder on its path", (at) => `${at.script("f", "")}/p`, "f/p"],
    ["is a folder", (at) => at.dir, "it is a folder"],
    ["has no x bit", (at) => plain(at), "it has no x bit"],
    ["has a bad interpreter", (at) => at.script("p", "", "#!/no/such\n"), '"/no/such"'],
    ["has CRLF in its first line", (at) => at.script("p", "", "#!/bin/sh\r\n"), "CRLF"],
    ["is no program", (at) => at.script("p", "echo hello\n", ""), "exec format"],
    ["is empty", (at) => at.script("p", "", ""), "exec format"],
  ];

  test.each(cases)("%s", async (_, argv0, why) => {
    using at = new Place();
    const outcome = await at.run([argv0(at)]);
    expect(outcome).toMatchObject({ state: "not-executable", exitCode: null, signal: null });
    expect(outcome.detail).not.toBe("");
    expect(outcome.detail).toContain(why);
  });

  test("has removed itself at its first call", async () => {
    using at = new Place();
    const path = at.script("p", 'rm "$0"');
    expect(await at.run([path])).toMatchObject({ state: "ok", exitCode: 0 });
    const again = await at.run([path]);
    expect(again).toMatchObject({ state: "not-executable", exitCode: null });
    expect(again.detail).toContain(`${path}: no such program`);
  });

  test("an argument that no argv can hold is a failure, not an exception", async () => {
    using at = new Place();
    for (const argument of ["a\0b", "x".repeat(300_000)]) {
      expect(await at.run(["/bin/true", argument])).toMatchObject({ state: "failed" });
    }
  });
});

function plain(at: Place): string {
  writeFileSync(at.path("plain"), "#!/bin/sh\n");
  chmodSync(at.path("plain"), 0o644);
  return at.path("plain");
}

test("hostile values arrive as they are, and are executed by nobody", async () => {
  using at = new Place();
  mkdirSync(at.path("w"));
  const executed = ["$(touch pwned)", "`touch pwned`", "'; touch pwned; '"];
  const hostile = [...executed, "-n", "", "a\nb", "ü 🌊", "*"];
  const script = at.script("p", `for a; do printf '<%s>' "$a"; done >&2`);
  const outcome = await at.run([script, ...hostile], { cwd: at.path("w") });
  expect(outcome.detail).toBe(hostile.map((one) => `<${one}>`).join(""));
  expect(existsSync(`${at.path("w")}/pwned`)).toBe(false);
});
