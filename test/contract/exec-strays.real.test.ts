// What a run starts and loses sight of (ports/exec.ts): born while it is being ended, in a session
// of its own with no parent left, or before anybody could look; and what is somebody else's.

import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { createClock } from "../../src/effects/clock.ts";
import { createExec } from "../../src/effects/exec.ts";
import { readHostFacts } from "../../src/effects/host-facts.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import type { RunSpec } from "../../src/ports/exec.ts";
import { known } from "./processes.suite.ts";
import { until } from "./real-processes.ts";

const processes = createProcesses();
const exec = createExec(createClock(), processes);
const SLOW_MS = 20_000;

const folders: string[] = [];
afterEach(() => {
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function pidFile(): string {
  const dir = mkdtempSync(`${tmpdir()}/iapeer-exec-`);
  folders.push(dir);
  return `${dir}/pid`;
}

const pidIn = (path: string): number => Number(readFileSync(path, "utf8").trim());

const run = (script: string, path: string, spec: Partial<RunSpec> = {}) =>
  exec.run({
    argv: ["sh", "-c", script, "sh", path],
    timeoutMs: 10_000,
    leavesNothing: true,
    ...spec,
  });

/** Ended as soon as it has got so far. */
async function cut(script: string, path: string, ready = path): Promise<string> {
  const pressed = new AbortController();
  const going = run(script, path, { signal: pressed.signal });
  await until(() => existsSync(ready));
  pressed.abort();
  return (await going).state;
}

/** Whoever is told to end starts another, writes its pid down, and goes. */
const HYDRA = `trap 'sleep 300 & echo $! > "$1"; exit 0' TERM
  : > "$1.ready"; while :; do sleep 0.05; done`;

/** In a session of its own, and its parent has ended: nothing but its environment tells of it. */
const ORPHAN = `(setsid sh -c 'echo $$ > "$1.new"; mv "$1.new" "$1"; exec sleep 300' sh "$1" &)
  while [ ! -e "$1" ]; do sleep 0.01; done`;

const showsEnvironments = process.platform === "linux";
if (!showsEnvironments) console.warn("skipped in part: this system shows no environments");

describe("what a handler of TERM has started", () => {
  test.if(showsEnvironments)("is ended with a run that is ended", async () => {
    const path = pidFile();
    expect(await cut(HYDRA, path, `${path}.ready`)).toBe("failed");
    expect(processes.identify(pidIn(path))).toBeNull();
  }, SLOW_MS);

  test.if(showsEnvironments)("is ended with what a run has left of its group", async () => {
    const path = pidFile();
    const left = `(${HYDRA}) & while [ ! -e "$1.ready" ]; do sleep 0.01; done; exit 4`;
    expect(await run(left, path)).toMatchObject({ state: "failed", exitCode: 4 });
    expect(processes.identify(pidIn(path))).toBeNull();
  }, SLOW_MS);
});

describe("an orphan in a session of its own", () => {
  test.if(showsEnvironments)("is ended at the run's bound, also when deaf to TERM", async () => {
    const path = pidFile();
    const deaf = ORPHAN.replace("exec sleep 300", "trap \"\" TERM; while :; do sleep 1; done");
    const outcome = await run(`${deaf}; exec sleep 300`, path, { timeoutMs: 1500 });
    expect(outcome.state).toBe("timeout");
    expect(processes.identify(pidIn(path))).toBeNull();
  }, SLOW_MS);

  test.if(showsEnvironments)("is ended when the run is no longer wanted", async () => {
    const path = pidFile();
    expect(await cut(`${ORPHAN}; exec sleep 300`, path)).toBe("failed");
    expect(processes.identify(pidIn(path))).toBeNull();
  }, SLOW_MS);

  test("is a service when the run ends by itself, and lives", async () => {
    const path = pidFile();
    expect((await run(ORPHAN, path)).state).toBe("ok");
    const service = known(processes, pidIn(path));
    expect(processes.liveness(service)).toBe("alive");
    processes.signal(service, "KILL");
  }, SLOW_MS);

  test("of another run lives", async () => {
    const [mine, others] = [pidFile(), pidFile()];
    expect((await run(ORPHAN, others)).state).toBe("ok");
    const neighbour = known(processes, pidIn(others));
    expect(await cut(`${ORPHAN}; exec sleep 300`, mine)).toBe("failed");
    expect(processes.liveness(neighbour)).toBe("alive");
    processes.signal(neighbour, "KILL");
    if (!showsEnvironments) processes.signal(known(processes, pidIn(mine)), "KILL");
  }, SLOW_MS);
});

test("each run has a mark of its own, and what the core starts besides has none", async () => {
  const script = 'printf %s "$IAPEER_RUN"';
  const env = { PATH: "/usr/bin:/bin", IAPEER_RUN: "outer" };
  const marks = await Promise.all([1, 2].map(async () => (await run(script, "", { env })).stdout));
  expect(new Set(marks).size).toBe(2);
  for (const mark of marks) expect(mark).toMatch(/^[0-9a-f]{32}$/);
  expect((await run(script, "", { env, leavesNothing: false })).stdout).toBe("outer");
  expect(readHostFacts(env, "0").env).toEqual({ PATH: env.PATH });
});

test("a child that could not be looked at when it began is ended all the same", async () => {
  const path = pidFile();
  let looks = 0;
  const identify = (pid: number) => (looks++ === 0 ? "unknown" : processes.identify(pid));
  const blind = createExec(createClock(), { ...processes, identify });
  const argv = ["sh", "-c", 'echo $$ > "$1"; exec sleep 300', "sh", path];
  const outcome = await blind.run({ argv, timeoutMs: 1500, leavesNothing: true });
  expect(outcome).toMatchObject({ state: "timeout", signal: "SIGTERM" });
  expect(processes.identify(pidIn(path))).toBeNull();
}, SLOW_MS);
