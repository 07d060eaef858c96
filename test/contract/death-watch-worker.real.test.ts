// The Worker of the death watch: asleep while nothing ends, and there in a bundle as well.

import { afterAll, afterEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { createClock } from "../../src/effects/clock.ts";
import { createDeathWatch } from "../../src/effects/death-watch/death-watch.ts";
import { createExec } from "../../src/effects/exec.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { known } from "./processes.suite.ts";
import { endAll, endChild, pidOf, spawnSleeper, until } from "./real-processes.ts";

const dir = mkdtempSync(`${tmpdir()}/iapeer-worker-`);
afterAll(() => rmSync(dir, { recursive: true, force: true }));
afterEach(endAll);

const clock = createClock();
const processes = createProcesses();

/** Null where threads cannot be looked at, said aloud. */
function waiterThread(): string | null {
  if (process.platform !== "linux") {
    console.warn("skipped: threads are looked at in /proc");
    return null;
  }
  const threads = readdirSync("/proc/self/task").map((task) => `/proc/self/task/${task}`);
  return threads.find((at) => readFileSync(`${at}/wchan`, "utf8").includes("epoll_wait")
    && readFileSync(`${at}/comm`, "utf8").startsWith("death-watch")) ?? null;
}

const wakeUps = (thread: string): number =>
  Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(readFileSync(`${thread}/status`, "utf8"))?.[1]);

test("the thread sleeps through everything but the deaths that it waits for", async () => {
  const watch = createDeathWatch({ deathWatch: "auto", sweepMs: 60_000 }, clock, processes);
  if (watch.mechanism !== "pidfd") return;
  await until(() => waiterThread() !== null);
  const thread = waiterThread() ?? "";
  const before = wakeUps(thread);
  const armed = known(processes, pidOf(await spawnSleeper()));
  let told = false;
  watch.arm(armed, () => {
    told = true;
  });
  for (let n = 0; n < 20; n += 1) await endChild(pidOf(await spawnSleeper()));
  expect(wakeUps(thread)).toBe(before);
  await endChild(armed.pid);
  await until(() => told);
  await until(() => wakeUps(thread) > before);
  watch.close();
});

const program = `${import.meta.dir}/programs/death-watch-once.ts`;
const exec = createExec(clock, processes);
const native = process.platform === "darwin" ? "kqueue" : "pidfd";

async function buildAndRun(build: readonly string[], run: readonly string[]): Promise<string> {
  const built = await exec.run({
    argv: [process.execPath, "build", program, "--minify", ...build],
    timeoutMs: 60_000,
  });
  expect(built).toMatchObject({ state: "ok" });
  const ran = await exec.run({ argv: run, timeoutMs: 20_000 });
  expect(ran).toMatchObject({ state: "ok" });
  return ran.stdout;
}

test("works from one bundled file", async () => {
  const file = `${dir}/bundle.js`;
  const output = await buildAndRun(["--target=bun", "--outfile", file], [process.execPath, file]);
  expect(output).toBe(`told by ${native}\n`);
}, 60_000);

test("works from a compiled executable", async () => {
  const file = `${dir}/program`;
  const output = await buildAndRun(["--compile", "--outfile", file], [file]);
  expect(output).toBe(`told by ${native}\n`);
}, 60_000);
