// The small rules of lifecycle §3, §4 and §7: topics, crash loop, restart back-off and
// socket paths.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { wallMs } from "../../src/core/brand.ts";
import { DEATH_RING_MAX } from "../../src/core/identity-doc.ts";
import type { Identity } from "../../src/core/names.ts";
import { addDeath, crashLoop } from "../../src/rules/crash-loop.ts";
import { nextRestart } from "../../src/rules/restart.ts";
import { socketPath } from "../../src/rules/socket-path.ts";
import { addTopic, topicsAfterWake } from "../../src/rules/topics.ts";
import { CONFIG, NOW, ago, ahead } from "./build.ts";

describe("topics", () => {
  test("the most recent is last, and none is there twice", () => {
    expect(addTopic(["a", "b", "c"], "a")).toEqual(["b", "c", "a"]);
    expect(addTopic(["a"], undefined)).toEqual(["a"]);
    expect(addTopic(["a"], "")).toEqual(["a"]);
  });
  test("at most 16 are kept, the oldest goes", () => {
    const many = Array.from({ length: 20 }, (_, n) => `t${n}`);
    const kept = many.reduce<readonly string[]>((topics, topic) => addTopic(topics, topic), []);
    expect(kept).toEqual(many.slice(4));
  });
  test("a fresh wake empties the set, a resumed one keeps it", () => {
    expect(topicsAfterWake("fresh", ["a"], "b")).toEqual(["b"]);
    expect(topicsAfterWake("fresh", ["a"], undefined)).toEqual([]);
    expect(topicsAfterWake("resume", ["a"], "b")).toEqual(["a", "b"]);
  });
});

describe("crash loop", () => {
  const SECOND = 1000;
  test.each([
    ["no death", [], false, null],
    ["two deaths", [ago(2), ago(1)], false, null],
    ["three within the window", [ago(299 * SECOND), ago(9), ago(1)], true, ahead(SECOND)],
    ["three, the oldest just aged out", [ago(300 * SECOND), ago(9), ago(1)], false, null],
    ["three old ones", [ago(900 * SECOND), ago(800 * SECOND), ago(700 * SECOND)], false, null],
    ["four: the third last decides", [ago(4), ago(3), ago(2), ago(1)], true, ahead(299_997)],
    ["unordered", [ago(1), ago(299 * SECOND), ago(9)], true, ahead(SECOND)],
    ["future ones count as now", [ahead(9e4), ahead(9e4), ahead(9e4)], true, ahead(300_000)],
    ["those of another clock do not count", [ahead(9e9), ahead(9e9), ahead(9e9)], false, null],
  ])("%s", (...[, deaths, looped, untilWall]) => {
    expect(crashLoop(deaths, NOW.wall, CONFIG)).toEqual({ looped, untilWall });
  });
  test("it has cooled exactly when it says so, and not before", () => {
    const times = fc.array(fc.integer({ min: -400_000, max: 400_000 }), { maxLength: 20 });
    fc.assert(
      fc.property(times, (offsets) => {
        const deaths = offsets.map((offset) => wallMs(NOW.wall + Math.min(offset, 0)));
        const { looped, untilWall } = crashLoop(deaths, NOW.wall, CONFIG);
        expect(looped).toBe(untilWall !== null);
        if (untilWall === null) return;
        expect(crashLoop(deaths, wallMs(untilWall - 1), CONFIG).looped).toBe(true);
        expect(crashLoop(deaths, untilWall, CONFIG).looped).toBe(false);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
  test("a maximum of 0 switches the guard off, 1 refuses after any death", () => {
    const deaths = [ago(1)];
    expect(crashLoop(deaths, NOW.wall, { ...CONFIG, crashLoopMax: 0 }).looped).toBe(false);
    expect(crashLoop(deaths, NOW.wall, { ...CONFIG, crashLoopMax: 1 }).looped).toBe(true);
  });
  test("the ring keeps the last 16", () => {
    let ring: readonly ReturnType<typeof wallMs>[] = [];
    for (let n = 0; n < 40; n++) ring = addDeath(ring, wallMs(n));
    expect(ring).toHaveLength(DEATH_RING_MAX);
    expect(ring.at(-1)).toBe(wallMs(39));
    expect(ring[0]).toBe(wallMs(24));
  });
});

describe("restart back-off", () => {
  const at = { now: NOW.wall, config: CONFIG };
  const never = { attempts: 0, notBeforeWall: null };
  const delays = (healths: readonly number[]): number[] => {
    let state = never as ReturnType<typeof nextRestart>;
    return healths.map((healthMs) => {
      state = nextRestart(state, healthMs, at);
      return (state.notBeforeWall ?? Number.NaN) - NOW.wall;
    });
  };
  const SHORT = 50;
  const HEALTHY = 10_000;
  const LONG = 600_000;

  test.each([
    ["the first after 10 s of health is immediate", [HEALTHY], [0]],
    ["a first life under 10 s waits 1 s", [HEALTHY - 1], [1000]],
    ["then 1 s, doubling", [HEALTHY, SHORT, SHORT, SHORT], [0, 1000, 2000, 4000]],
    ["doubling from a short first life too", [SHORT, SHORT, SHORT], [1000, 2000, 4000]],
    ["10 s of health do not reset it", [HEALTHY, HEALTHY, HEALTHY], [0, 1000, 2000]],
    ["10 min of health do", [SHORT, SHORT, LONG, SHORT], [1000, 2000, 0, 1000]],
    ["just under 10 min do not", [SHORT, SHORT, LONG - 1], [1000, 2000, 4000]],
  ])("%s", (_, healths, expected) => expect(delays(healths)).toEqual(expected));

  test("it grows to 5 min and stays there", () => {
    const all = delays(Array.from({ length: 2000 }, () => SHORT));
    expect(all.slice(7, 10)).toEqual([128_000, 256_000, 300_000]);
    expect(new Set(all.slice(9))).toEqual(new Set([300_000]));
  });
});

describe("socket path", () => {
  const identity = "claude-ann" as Identity;
  const hash = "0123456789ab";
  const folderOf = (bytes: number) => `/${"x".repeat(bytes - 1)}`;

  test("named after the identity while that fits into 100 bytes", () => {
    const dir = folderOf(100 - "/claude-ann.sock".length);
    const value = `${dir}/claude-ann.sock`;
    expect(socketPath(dir, identity, () => hash)).toEqual({ ok: true, value });
  });
  test("else after its hash", () => {
    const long = `claude-${"a".repeat(32)}` as Identity;
    const dir = folderOf(100 - "/0123456789ab.sock".length);
    expect(socketPath(dir, long, () => hash)).toEqual({ ok: true, value: `${dir}/${hash}.sock` });
  });
  test("else refused, saying what to do", () => {
    const refused = socketPath(folderOf(90), identity, () => hash);
    expect(refused.ok ? "" : refused.error).toContain("choose a shorter IAPEER_ROOT");
  });
  test("bytes are counted, not characters", () => {
    const dir = `/${"é".repeat(45)}`;
    expect(socketPath(dir, identity, () => hash).ok).toBe(false);
    expect(socketPath(`/${"e".repeat(45)}`, identity, () => hash).ok).toBe(true);
  });
});
