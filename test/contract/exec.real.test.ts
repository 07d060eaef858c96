// Real children: groups that outlast their leader, pipes that nobody closes, floods, scripts
// without an interpreter, and detached processes that must not become zombies.

import { afterEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

import { createClock } from "../../src/effects/clock.ts";
import { createExec } from "../../src/effects/exec.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import type { RunSpec } from "../../src/ports/exec.ts";
import { execSuite, type ProgramKind } from "./exec.suite.ts";
import { known } from "./processes.suite.ts";
import { until } from "./real-processes.ts";

const processes = createProcesses();
const exec = createExec(createClock(), processes);

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

function temporaryFolder(): string {
  const dir = mkdtempSync(`${tmpdir()}/iapeer-exec-`);
  undo.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const PROGRAMS: Record<ProgramKind, readonly string[]> = {
  ok: ["sh", "-c", "echo out; echo err >&2"],
  fails: ["sh", "-c", "echo no >&2; exit 3"],
  hangs: ["sleep", "3600"],
  missing: ["/nonexistent/program"],
};

const kill = (pid: number): void => void processes.signal(known(processes, pid), "KILL");

execSuite("host", () => ({
  exec,
  processes,
  argv: (kind) => PROGRAMS[kind],
  settle: (work) => work,
  end: kill,
}));

/** Each piece of a flood waits for its turn on a busy machine. */
const FLOOD_MS = 60_000;

const run = (argv: readonly string[], spec: Partial<RunSpec> = {}) =>
  exec.run({ argv, timeoutMs: 10_000, ...spec });

/** Processes that a script has written down, one pid a line. */
const pidsIn = (path: string): number[] =>
  readFileSync(path, "utf8").trim().split("\n").map(Number);

describe("a run that outlasts its time", () => {
  test("takes its whole group with it, and is not held up by open pipes", async () => {
    const pids = `${temporaryFolder()}/pids`;
    const script = 'sleep 300 & echo $! > "$1"; sleep 300 & echo $! >> "$1"; wait';
    const outcome = await run(["sh", "-c", script, "sh", pids], { timeoutMs: 300 });
    expect(outcome).toMatchObject({ state: "timeout", signal: "SIGTERM" });
    expect(outcome.ms).toBeLessThan(1500);
    for (const pid of pidsIn(pids)) expect(processes.identify(pid)).toBeNull();
  });

  test("is killed after 2 s when it will not end", async () => {
    const outcome = await run(["sh", "-c", "trap '' TERM; sleep 300; sleep 300"], {
      timeoutMs: 200,
    });
    expect(outcome).toMatchObject({ state: "timeout", signal: "SIGKILL" });
    expect(outcome.ms).toBeGreaterThanOrEqual(2150);
    expect(outcome.ms).toBeLessThan(3500);
  });

  test("a descendant that ignores TERM is killed after its leader has been reaped", async () => {
    const pids = `${temporaryFolder()}/pids`;
    const script = `(trap '' TERM; echo ready; sleep 300; sleep 300) & echo $! > "$1"; wait`;
    const outcome = await run(["sh", "-c", script, "sh", pids], { timeoutMs: 300 });
    expect(outcome).toMatchObject({ state: "timeout", signal: "SIGTERM", stdout: "ready\n" });
    for (const pid of pidsIn(pids)) expect(processes.identify(pid)).toBeNull();
  });
});

describe("a run that ends by itself", () => {
  test("is not held up by a descendant that keeps the pipe, nor is that one ended", async () => {
    const pids = `${temporaryFolder()}/pids`;
    const script = 'sleep 300 & echo $! > "$1"; echo done';
    const outcome = await run(["sh", "-c", script, "sh", pids]);
    expect(outcome).toMatchObject({ state: "ok", stdout: "done\n" });
    expect(outcome.ms).toBeLessThan(3000);
    const [pid = 0] = pidsIn(pids);
    expect(processes.liveness(known(processes, pid))).toBe("alive");
    kill(pid);
  });

  test("says by which signal it died", async () => {
    const outcome = await run(["sh", "-c", "kill -SEGV $$"]);
    expect(outcome).toMatchObject({ state: "failed", exitCode: null, signal: "SIGSEGV" });
  });

  test("a flood neither blocks the program nor grows ours", async () => {
    const script = "head -c 20000000 /dev/zero; head -c 20000000 /dev/zero >&2; echo ok";
    const outcome = await run(["sh", "-c", script], { maxBytes: 1000, timeoutMs: FLOOD_MS });
    expect(outcome.state).toBe("ok");
    expect([outcome.stdout.length, outcome.stderr.length]).toEqual([1000, 1000]);
  }, FLOOD_MS);
});

describe("what a program is given", () => {
  test("its input, or none", async () => {
    expect((await run(["cat"], { stdin: "a\nb" })).stdout).toBe("a\nb");
    expect((await run(["cat"])).stdout).toBe("");
    const large = "x".repeat(500_000);
    expect((await run(["cat"], { stdin: large })).stdout.length).toBe(large.length);
  });

  test("a program that does not read its input is no failure", async () => {
    const outcome = await run(["true"], { stdin: "x".repeat(4_000_000) });
    expect(outcome.state).toBe("ok");
  });

  test("exactly the environment that was asked for", async () => {
    expect((await run(["/usr/bin/env"], { env: { A: "1 =2" } })).stdout).toBe("A=1 =2\n");
    expect((await run(["/usr/bin/env"], { env: {} })).stdout).toBe("");
    expect((await run(["/usr/bin/env"])).stdout).toContain("PATH=");
  });

  test("its arguments, which no shell ever reads", async () => {
    const awkward = ["$(id)", "a b", "'\"", "*", "", "-n", "new\nline", "ü"];
    const outcome = await run(["printf", "[%s]", ...awkward]);
    expect(outcome.stdout).toBe(awkward.map((argument) => `[${argument}]`).join(""));
  });

  test("its folder", async () => {
    const dir = temporaryFolder();
    expect((await run(["pwd"], { cwd: dir })).stdout.trim()).toEndWith(dir);
  });
});

describe("what cannot be executed", () => {
  test("a folder, a file without the right, a missing interpreter, no format at all", async () => {
    const dir = temporaryFolder();
    const program = (name: string, text: string, mode: number) => {
      writeFileSync(`${dir}/${name}`, text);
      chmodSync(`${dir}/${name}`, mode);
      return `${dir}/${name}`;
    };
    const all = [
      dir,
      program("plain", "#!/bin/sh\n", 0o600),
      program("orphan", "#!/no/such/interpreter\n", 0o700),
      program("formless", "echo hello\n", 0o700),
      "no-such-program-on-any-path",
    ];
    for (const file of all) {
      const outcome = await run([file]);
      expect(outcome).toMatchObject({ state: "not-executable", exitCode: null });
      expect(outcome.stderr).not.toBe("");
      expect(exec.detach({ argv: [file] }).state).toBe("failed");
    }
  });

  test("a missing interpreter is named, and so is the carriage return in its name", async () => {
    const dir = temporaryFolder();
    const outcome = async (text: string) => {
      writeFileSync(`${dir}/script`, text, { mode: 0o700 });
      return (await run([`${dir}/script`])).stderr;
    };
    const missing = `${dir}/script: no interpreter "/no/such/sh"`;
    expect(await outcome("#! /no/such/sh -e\n")).toBe(missing);
    expect(await outcome("#!/bin/sh\r\necho\r\n")).toContain('"/bin/sh\\r" (its lines end in CRLF');
  });

  test("a missing folder or too long an argument is not the program's fault", async () => {
    const outcomes = [
      await run(["true"], { cwd: "/no/such/folder" }),
      await run(["true", "x".repeat(200_000)]),
      await run(["true", "a\0b"]),
    ];
    for (const outcome of outcomes) expect(outcome.state).toBe("failed");
    expect(outcomes[0]?.stderr).toContain("/no/such/folder");
  });
});

test("when descriptors run out, that is no fault of the program, and passes", async () => {
  const argv = ["sh", "-c", 'ulimit -n 60; exec "$@"', "sh", process.execPath];
  const program = `${import.meta.dir}/programs/exec-crowded.ts`;
  const outcome = await run([...argv, program]);
  expect(outcome).toMatchObject({ state: "ok", stderr: "" });
  expect(JSON.parse(outcome.stdout)).toEqual({
    crowded: { run: "failed", detach: "failed", identify: "unknown" },
    after: { run: "ok", detach: "spawned", identify: "ref" },
  });
});

describe("detach", () => {
  test("a session of its own, without a terminal or pipes", async () => {
    if (process.platform !== "linux") {
      console.warn("skipped: a process looks at itself in /proc");
      return;
    }
    const dir = temporaryFolder();
    const script = 'cut -d" " -f5,6 /proc/self/stat > "$1/ids"; ls -l /proc/self/fd > "$1/fds";'
      + ' echo $$ > "$1/pid"; mv "$1/pid" "$1/done"';
    const outcome = exec.detach({ argv: ["sh", "-c", script, "sh", dir], env: { PATH: "/bin" } });
    expect(outcome.state).toBe("spawned");
    await until(() => Bun.file(`${dir}/done`).size > 0);
    const pid = readFileSync(`${dir}/done`, "utf8").trim();
    expect(readFileSync(`${dir}/ids`, "utf8").trim()).toBe(`${pid} ${pid}`);
    const links = readFileSync(`${dir}/fds`, "utf8").match(/-> .*/g) ?? [];
    expect(links.filter((link) => link.includes("pipe") || link.includes("socket"))).toEqual([]);
  });

  test("is reaped when it ends", async () => {
    const outcome = exec.detach({ argv: ["true"] });
    if (outcome.state !== "spawned") throw new Error(outcome.detail);
    const { pid } = outcome.process;
    await until(() => processes.exists(pid) === "dead");
  });

  test("outlives us, and does not keep us", async () => {
    const dir = temporaryFolder();
    const effects = `${import.meta.dir}/../../src/effects`;
    writeFileSync(
      `${dir}/parent.ts`,
      `import { createClock } from "${effects}/clock.ts";
       import { createExec } from "${effects}/exec.ts";
       import { createProcesses } from "${effects}/processes.ts";
       const exec = createExec(createClock(), createProcesses());
       const outcome = exec.detach({ argv: ["sleep", "300"] });
       console.log(outcome.state === "spawned" ? outcome.process.pid : outcome.detail);`,
    );
    const parent = await run([process.execPath, `${dir}/parent.ts`]);
    expect(parent.state).toBe("ok");
    const child = known(processes, Number(parent.stdout));
    expect(processes.liveness(child)).toBe("alive");
    processes.signal(child, "KILL");
  });
});
