// codex's conversations: one store for all folders, found by what their first lines say.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { monoMs, wallMs } from "../../src/core/brand.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createFiles } from "../../src/effects/files.ts";
import { CodexActivity } from "../../src/runtimes/codex/activity.ts";
import { Rollouts } from "../../src/runtimes/codex/rollouts.ts";
import { openRuntime, peerOf, type RuntimeUnderTest } from "../contract/runtime-under-test.ts";

const CWD = "/peers/ada";
const id = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const meta = (n: number, cwd = CWD, more = {}): string =>
  `${JSON.stringify({
    timestamp: "2026-01-01T00:00:00Z",
    type: "session_meta",
    payload: { id: id(n), cwd, source: "cli", thread_source: "user", ...more },
  })}\n`;
const event = (type: string, at = "2026-01-01T00:00:09Z"): string =>
  `${JSON.stringify({ timestamp: at, type: "event_msg", payload: { type } })}\n`;
const started = (at: string): string => event("task_started", at);

describe("rollouts", () => {
  let under: RuntimeUnderTest;
  beforeEach(() => {
    under = openRuntime("codex");
  });
  afterEach(() => under.remove());

  const put = (at: readonly [day: string, n: number], text: string, ageSecs = 0): string => {
    const [day, n] = at;
    const path = join(under.home, ".codex/sessions", day, `rollout-${id(n)}.jsonl`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    const secs = Date.parse("2026-01-02T00:00:00Z") / 1000 - ageSecs;
    utimesSync(path, secs, secs);
    return path;
  };
  const peer = () => peerOf(under.runtime, { cwd: CWD });
  const find = (env = {}) => under.runtime.findResumable(peer(), env)?.ref ?? null;

  test("the one of exactly this folder that was active last is resumed", () => {
    put(["2025/12/31", 1], meta(1), 5);
    put(["2026/01/01", 2], meta(2), 50);
    put(["2026/01/01", 3], meta(3, "/peers/ada2"), 0);
    expect(find()).toBe(id(1));
  });

  test("agents' helpers, other files and cut lines are passed over", () => {
    put(["2026/01/01", 1], meta(1, CWD, { source: { subagent: "review" } }));
    put(["2026/01/01", 2], meta(2, CWD, { thread_source: "subagent" }));
    put(["2026/01/01", 3], meta(3).slice(0, 40));
    put(["2026/01/01", 4], "\n\n");
    put(["2026/01/01", 5], meta(5, CWD, { id: "--last" }));
    writeFileSync(join(under.home, ".codex/sessions/2026/01/01/notes.jsonl"), meta(6));
    expect(find()).toBeNull();
    put(["2026/01/01", 7], meta(7), 99);
    expect(find()).toBe(id(7));
  });

  test("one that was emptied since it was learnt of is none", () => {
    put(["2026/01/01", 1], meta(1), 5);
    const path = put(["2026/01/01", 2], meta(2), 1);
    expect(find()).toBe(id(2));
    writeFileSync(path, "");
    expect(find()).toBe(id(1));
  });

  test("a first line with a long system prompt is read to its end", () => {
    const text = "x".repeat(300_000);
    put(["2026/01/01", 1], meta(1, CWD, { base_instructions: { text } }));
    expect(find()).toBe(id(1));
  });

  test("another CODEX_HOME or HOME of the peer is looked in", () => {
    put(["../../other/sessions/2026/01/01", 1], meta(1));
    expect(find()).toBeNull();
    expect(find({ CODEX_HOME: join(under.home, "other") })).toBe(id(1));
    put(["../../another/.codex/sessions/2026/01/01", 2], meta(2));
    expect(find({ HOME: join(under.home, "another") })).toBe(id(2));
  });

  test("a turn is told from whatever else is written", () => {
    const path = put(["2026/01/01", 1], meta(1) + started("t1"));
    const turn = () => under.runtime.lastTurn?.(peer(), {}) ?? null;
    const first = turn();
    expect(first).toContain("t1");
    appendFileSync(path, `${JSON.stringify({ type: "event_msg", payload: { type: "other" } })}\n`);
    expect(turn()).toBe(first);
    appendFileSync(path, started("t2"));
    expect(turn()).toContain("t2");
  });

  test.each([
    ["none has begun", "", false],
    ["one has begun", started("2026-01-01T00:00:05.000Z"), true],
    ["one began in an earlier life", started("2026-01-01T00:00:03.999Z"), false],
    ["it is complete", started("2026-01-01T00:00:05Z") + event("task_complete"), false],
    ["it was given up", started("2026-01-01T00:00:05Z") + event("turn_aborted"), false],
    ["it goes on", started("2026-01-01T00:00:05Z") + event("token_count"), true],
    ["its time cannot be read", started("soon"), false],
  ])("whether a turn runs: %s", (_, lines, runs) => {
    put(["2026/01/01", 1], meta(1) + lines);
    const sinceWall = wallMs(Date.parse("2026-01-01T00:00:04Z"));
    expect(under.runtime.turnRuns?.(peer(), {}, sinceWall)).toBe(runs);
  });

  describe("activity", () => {
    let now = 0;
    const sessions = () => join(under.home, ".codex/sessions");
    const watch = () => {
      const clock = { ...createClock(), mono: () => monoMs(now) };
      const files = createFiles();
      return new CodexActivity(files, clock, new Rollouts(files));
    };
    beforeEach(() => {
      now = 0;
    });

    test("is the time of the newest, for each folder its own", () => {
      const activity = watch();
      put(["2026/01/01", 1], meta(1), 30);
      put(["2026/01/01", 2], meta(2, "/peers/bea"), 10);
      expect(activity.latest(sessions(), CWD)).toBe(Date.parse("2026-01-01T23:59:30Z") as never);
      expect(activity.latest(sessions(), "/peers/bea")).not.toBeNull();
      expect(activity.latest(sessions(), "/peers/cleo")).toBeNull();
    });

    test("finds what has begun since, after a while", () => {
      const activity = watch();
      expect(activity.latest(sessions(), CWD)).toBeNull();
      put(["2026/01/01", 1], meta(1));
      now = 2000;
      expect(activity.latest(sessions(), CWD)).not.toBeNull();
    });

    test("follows a conversation of an earlier day once it was resumed", () => {
      const activity = watch();
      for (const day of ["2025/06/01", "2026/01/01", "2026/01/02", "2026/01/03"]) {
        put([day, Number(day.slice(-1))], meta(1, day === "2025/06/01" ? CWD : "/x"));
      }
      expect(activity.latest(sessions(), CWD)).toBeNull();
      expect(activity.conversation(sessions(), CWD)).not.toBeNull();
      now = 5000;
      expect(activity.latest(sessions(), CWD)).not.toBeNull();
    });

    test("a first line that was still being written is read again", () => {
      const activity = watch();
      const path = put(["2026/01/01", 1], meta(1).slice(0, 50));
      expect(activity.latest(sessions(), CWD)).toBeNull();
      writeFileSync(path, meta(1));
      now = 2000;
      expect(activity.latest(sessions(), CWD)).not.toBeNull();
    });
  });
});
