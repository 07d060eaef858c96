// Clock jumps (lifecycle §4): noticed, told apart, and without effect on ages and deadlines.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { monoMs, wallMs } from "../../src/core/brand.ts";
import { crashLoop } from "../../src/rules/crash-loop.ts";
import {
  detectJump,
  idleAgeMs,
  shiftDoc,
  type ClockReading,
} from "../../src/rules/clock-jump.ts";
import { CONFIG, NOW, ago, ahead, doc } from "./build.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const START: ClockReading = { wall: NOW.wall, mono: monoMs(5000), boot: 90_000 };

interface Passing {
  readonly ranMs: number;
  readonly sleptMs?: number;
  readonly setMs?: number;
}

/** The reading after so much running, sleeping and setting of the wall clock. */
const after = ({ ranMs, sleptMs = 0, setMs = 0 }: Passing): ClockReading => ({
  wall: wallMs(START.wall + ranMs + sleptMs + setMs),
  mono: monoMs(START.mono + ranMs),
  boot: START.boot + ranMs + sleptMs,
});

const jump = (passing: Passing) => detectJump(START, after(passing), CONFIG.clockJumpMs);

describe("detectJump", () => {
  test.each<[string, Passing, ReturnType<typeof detectJump>]>([
    ["an ordinary minute", { ranMs: 60 * SECOND }, null],
    ["small corrections", { ranMs: 60 * SECOND, setMs: -5000 }, null],
    ["set forward by a day", { ranMs: 9, setMs: DAY }, { kind: "set", deltaMs: DAY }],
    ["set back by a day", { ranMs: 9, setMs: -DAY }, { kind: "set", deltaMs: -DAY }],
    ["just over the threshold", { ranMs: 9, setMs: 5001 }, { kind: "set", deltaMs: 5001 }],
    ["an hour's sleep", { ranMs: 9, sleptMs: HOUR }, { kind: "suspend", deltaMs: HOUR }],
    ["a nap", { ranMs: 9, sleptMs: 5000 }, null],
    [
      "set during a sleep",
      { ranMs: 9, sleptMs: HOUR, setMs: DAY },
      { kind: "set", deltaMs: DAY },
    ],
    [
      "set back by just the time slept",
      { ranMs: 9, sleptMs: HOUR, setMs: -HOUR },
      { kind: "set", deltaMs: -HOUR },
    ],
  ])("%s", (_, passing, expected) => expect(jump(passing)).toEqual(expected));
});

describe("shiftDoc", () => {
  const looped = doc({
    deaths: [ago(30 * SECOND), ago(20 * SECOND), ago(10 * SECOND)],
    restart: { attempts: 3, notBeforeWall: ahead(4000) },
  });

  test.each([DAY, -DAY])("deadlines keep their distance from now, clock set by %d ms", (setMs) => {
    const shifted = shiftDoc(looped, setMs);
    const now = wallMs(NOW.wall + setMs);
    expect(shifted.restart).toEqual({ attempts: 3, notBeforeWall: wallMs(now + 4000) });
    const before = crashLoop(looped.deaths, NOW.wall, CONFIG);
    const later = crashLoop(shifted.deaths, now, CONFIG);
    expect(later.looped).toBe(before.looped);
    expect((later.untilWall ?? 0) - now).toBe((before.untilWall ?? 0) - NOW.wall);
  });
  test("nothing else changes, and nothing pending stays so", () => {
    const quiet = doc({ topics: ["tax"], stopped: true });
    expect(shiftDoc(quiet, DAY)).toEqual(quiet);
  });
});

describe("idleAgeMs", () => {
  test.each([
    ["a minute ago", ago(60 * SECOND), HOUR, 60 * SECOND],
    ["before the wake", ago(DAY), HOUR, HOUR],
    ["in the future counts as now", ahead(DAY), HOUR, 0],
    ["just after a jump", ago(DAY), 0, 0],
    ["nothing known", null, HOUR, HOUR],
    ["a floor that is not there yet", ago(5), -3, 0],
  ])("%s", (...[, lastActivityWall, floorMonoAgeMs, age]) => {
    expect(idleAgeMs({ lastActivityWall, nowWall: NOW.wall, floorMonoAgeMs })).toBe(age);
  });
  test("no clock makes it negative, or older than the last wake or jump", () => {
    const ms = fc.integer({ min: -DAY, max: DAY });
    fc.assert(
      fc.property(ms, ms, (offset, floorMonoAgeMs) => {
        const lastActivityWall = wallMs(NOW.wall + offset);
        const age = idleAgeMs({ lastActivityWall, nowWall: NOW.wall, floorMonoAgeMs });
        expect(age).toBeGreaterThanOrEqual(0);
        expect(age).toBeLessThanOrEqual(Math.max(0, floorMonoAgeMs));
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});
