// When a job that was started counts as up, over a time line of pids and answers.

import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { monoMs } from "../../src/core/brand.ts";
import type { ServiceAnswer } from "../../src/core/service.ts";
import { prove, saidUntil, type ProveSpec } from "../../src/managers/prove.ts";
import type { ProofState } from "../../src/ports/service-manager.ts";
import { managerDeps, SHORT } from "../contract/manager-place.ts";
import { DAEMON } from "../formats/job-samples.ts";

const UNSEEN = { activity: null, domain: null, alsoIn: [], path: null, runs: null };

interface Line {
  /** Null: it has none. */
  readonly pid: (ms: number) => number | null;
  /** Who answers; 0: it does not say who; null: nobody. */
  readonly answers: (ms: number) => number | null;
}

async function proved(line: Line, more: Partial<ProveSpec> = {}) {
  const deps = managerDeps({ home: "/nowhere", root: "/nowhere" });
  let now = 0;
  const sleep = (ms: number) => {
    now += ms;
    return Promise.resolve();
  };
  const clock = { ...deps.clock, mono: () => monoMs(now), sleep };
  const answer = await prove(
    { ...deps, clock },
    {
      job: DAEMON,
      query: () => {
        const job = { ...UNSEEN, pid: line.pid(now), lastExit: "3" };
        return Promise.resolve({ state: "loaded", reason: "as the test says", job });
      },
      proof: () => {
        const pid = line.answers(now);
        const silent = { state: "silent", detail: "nobody answers" } as const;
        return Promise.resolve(pid === null ? silent : { state: "answers", pid: pid || null });
      },
      reason: "up",
      ...more,
    },
  );
  return { answer, ms: now };
}

const failed = (how: string) => ({ state: "failed", reason: expect.stringContaining(how) });
const always = (pid: number | null) => () => pid;

test("a pid that stays and answers, once it has stayed", async () => {
  const { answer, ms } = await proved({ pid: always(41), answers: always(41) });
  expect(answer).toMatchObject({ state: "loaded", reason: "up", job: { pid: 41 } });
  expect(ms).toBeGreaterThanOrEqual(SHORT.stableMs);
  expect(ms).toBeLessThan(2 * SHORT.stableMs);
});

test("one that is gone for long has ended at once, and is not waited for", async () => {
  const pid = (ms: number) => (ms < 100 ? 41 : null);
  const { answer, ms } = await proved({ pid, answers: always(null) });
  expect(answer).toMatchObject(failed("it ended at once (3)"));
  expect(ms).toBeGreaterThan(SHORT.lostMs);
  expect(ms).toBeLessThan(SHORT.proofMs);
});

test("one that is gone for a moment, and comes back, may still be up", async () => {
  const pid = (ms: number) => (ms < 100 ? 41 : ms < 300 ? null : 42);
  const { answer } = await proved({ pid, answers: (ms) => (ms < 1000 ? null : 42) });
  expect(answer).toMatchObject({ state: "loaded", job: { pid: 42 } });
});

test("one that another takes the place of at every look does not stay", async () => {
  const { answer } = await proved({ pid: (ms) => 41 + ms, answers: always(0) });
  expect(answer).toMatchObject(failed("its pid does not stay"));
});

test("the one that was to be replaced is no proof, the next one is", async () => {
  const line = { pid: (ms: number) => (ms < 500 ? 41 : 42), answers: always(0) };
  const { answer, ms } = await proved(line, { notPid: 41 });
  expect(answer).toMatchObject({ state: "loaded", job: { pid: 42 } });
  expect(ms).toBeGreaterThanOrEqual(500);
});

test("what answers at the last moment gets the time to be seen to stay", async () => {
  const late = (ms: number) => (ms < SHORT.proofMs - 10 ? null : 41);
  const { answer } = await proved({ pid: always(41), answers: late });
  expect(answer).toMatchObject({ state: "loaded" });
  const came = await proved({ pid: late, answers: late });
  expect(came.answer).toMatchObject({ state: "loaded" });
});

test.each([
  [41, null, "nobody answers"],
  [41, 7, "pid 7 answers, and the job is pid 41"],
  [null, 7, "as the test says"],
] as const)("pid %p, and %p answers: not up, after its time", async (pid, answers, how) => {
  const { answer, ms } = await proved({ pid: always(pid), answers: always(answers) });
  expect(answer).toMatchObject(failed(how));
  expect(ms).toBeGreaterThanOrEqual(SHORT.proofMs);
  expect(ms).toBeLessThan(SHORT.proofMs + 500);
});

test("a final word is not waited after; what cannot be told is said as it is", async () => {
  const final: ProofState = { state: "silent", detail: "not today", isFinal: true };
  const line = { pid: always(41), answers: always(null) };
  const { answer, ms } = await proved(line, { proof: () => Promise.resolve(final) });
  expect([answer, ms]).toEqual([expect.objectContaining(failed("not today")), 0]);
  const unknown: ServiceAnswer = { state: "unknown", reason: "it is mute" };
  const mute = await proved(line, { query: () => Promise.resolve(unknown) });
  expect(mute.answer).toBe(unknown);
});

test("of its output only what it said itself is told", async () => {
  const dir = mkdtempSync(join(tmpdir(), "iap-prove-"));
  try {
    const job = { ...DAEMON, stderr: join(dir, "logs/out.log") };
    const { files } = managerDeps({ home: dir, root: dir });
    expect(saidUntil(files, job)).toBe(0);
    mkdirSync(dirname(job.stderr));
    writeFileSync(job.stderr, "its predecessor's\n");
    const saidBefore = saidUntil(files, job);
    writeFileSync(job.stderr, "its predecessor's\nits own\n");
    const line = { pid: always(41), answers: always(null) };
    const { answer } = await proved(line, { job, saidBefore });
    expect(answer).toMatchObject({ state: "failed", stderr: "its own" });
  } finally {
    rmSync(dir, { recursive: true });
  }
});
