// Instants, durations and generation ids: round trips, and refusal of all that is close.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { wallMs } from "../../src/core/brand.ts";
import { DURATION_MAX_MS, parseDuration, renderDuration } from "../../src/formats/duration.ts";
import { parseGenerationId, renderGenerationId } from "../../src/formats/generation-id.ts";
import { parseInstant, renderInstant } from "../../src/formats/instant.ts";
import { hostileText, RUNS } from "./hostile.ts";

const anyWall = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }).map(wallMs);

describe("instants", () => {
  test("are RFC 3339, UTC, milliseconds", () => {
    expect(renderInstant(wallMs(1_767_225_600_007))).toBe("2026-01-01T00:00:00.007Z");
    expect(renderInstant(wallMs(1_767_225_600_007.9))).toBe("2026-01-01T00:00:00.007Z");
    expect(renderInstant(wallMs(0))).toBe("1970-01-01T00:00:00.000Z");
  });

  test("of a broken clock still have a form", () => {
    expect(renderInstant(wallMs(1e18))).toBe("9999-12-31T23:59:59.999Z");
    expect(renderInstant(wallMs(-1e18))).toBe("0000-01-01T00:00:00.000Z");
  });

  test("come back, and sort as text in the order of time", () => {
    fc.assert(
      fc.property(anyWall, anyWall, (a, b) => {
        expect(parseInstant(renderInstant(a))).toBe(a);
        expect(renderInstant(a) < renderInstant(b)).toBe(a < b);
      }),
      RUNS,
    );
  });

  test.each([
    ["2026-01-01T00:00:00Z", 1_767_225_600_000],
    ["2026-01-01T00:00:00.5Z", 1_767_225_600_500],
    ["2026-01-01T00:00:00.123456789Z", 1_767_225_600_123],
    ["2026-01-01T01:30:00+01:30", 1_767_225_600_000],
    ["2025-12-31T19:00:00.000-05:00", 1_767_225_600_000],
  ])("%s is read", (text, ms) => {
    expect(parseInstant(text)).toBe(wallMs(ms));
  });

  test.each([
    "",
    "2026-02-30T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01 00:00:00Z",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00:00z",
    "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00+25:00",
    "2026-01-01T00:00:00Z\n",
    "1767225600000",
  ])("%p is refused", (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});

describe("durations", () => {
  test.each([
    ["90", 90_000],
    ["90s", 90_000],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
    ["500ms", 500],
    ["1.5", 1500],
    [".25s", 250],
    ["0", 0],
    [" 7 ", 7000],
  ])("%p is read", (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms });
  });

  test.each(["", "-1", "5 m", "5M", "1h30m", "1e3", "Infinity", "NaN", "0x10", "5s\n5", "٣"])(
    "%p is refused, and named with the allowed form",
    (text) => {
      const result = parseDuration(text);
      expect(result.ok).toBe(false);
      if (!result.ok) {
        expect(result.error).toContain(JSON.stringify(text));
        expect(result.error).toContain("90, 90s, 5m, 2h");
      }
    },
  );

  test("end at a century", () => {
    expect(parseDuration("36525d")).toEqual({ ok: true, value: DURATION_MAX_MS });
    expect(parseDuration("36526d").ok).toBe(false);
    expect(parseDuration("999999999999999d").ok).toBe(false);
  });

  test.each([
    [0, "0ms"],
    [340, "340ms"],
    [3499, "3.4s"],
    [34_900, "34s"],
    [59_999, "59s"],
    [60_000, "1m"],
    [303_000, "5m 3s"],
    [3_599_999, "59m 59s"],
    [7_500_000, "2h 5m"],
    [86_399_999, "23h 59m"],
    [273_600_000, "3d 4h"],
    [-1500, "-1.5s"],
    [Number.NaN, "unknown"],
  ])("%p ms is shown as %p", (ms, text) => {
    expect(renderDuration(ms)).toBe(text);
  });
});

describe("generation ids", () => {
  test("have the form of the contract", () => {
    expect(renderGenerationId(wallMs(1_767_225_600_007), "ab12")).toBe(
      "20260101T000000007Z-ab12" as never,
    );
  });

  test("come back with their instant, and sort by it", () => {
    fc.assert(
      fc.property(anyWall, fc.stringMatching(/^[a-z0-9]{4}$/), (wall, suffix) => {
        const id = renderGenerationId(wall, suffix);
        expect(parseGenerationId(id)).toEqual({ id, wall });
      }),
      RUNS,
    );
  });

  test("refuse a suffix that could leave the folder", () => {
    for (const suffix of ["", "abc", "abcde", "AB12", "a/12", "..12"]) {
      expect(() => renderGenerationId(wallMs(0), suffix)).toThrow("four of a-z0-9");
    }
  });

  test.each([
    "",
    "20260230T000000000Z-ab12",
    "20260101T000000007Z-AB12",
    "20260101T000000007Z",
    "20260101T000000007Z-ab12/..",
    "20260101T000000007Z-ab12\n",
  ])("%p is none", (text) => {
    expect(parseGenerationId(text)).toBeNull();
  });

  test("nothing hostile is one", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(parseGenerationId(text)).toBeNull();
      }),
      RUNS,
    );
  });
});
