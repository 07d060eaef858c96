// Durations as people type them (CLI contract: `90`, `90s`, `5m`, `2h`) and as they are shown.

import { err, ok, type Result } from "../core/result.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A century: enough for "never", and still an exact number of milliseconds. */
export const DURATION_MAX_MS = 36_525 * DAY;

export const DURATION_FORM = "a duration such as 90, 90s, 5m, 2h or 500ms";

const UNIT_MS = new Map([
  ["", SECOND],
  ["ms", 1],
  ["s", SECOND],
  ["m", MINUTE],
  ["h", HOUR],
  ["d", DAY],
]);

/** Milliseconds, rounded; a bare number is seconds, and fractions are allowed. */
export function parseDuration(text: string): Result<number> {
  const parts = /^(\d{1,15}(?:\.\d{1,20})?|\.\d{1,20})(ms|s|m|h|d)?$/.exec(text.trim());
  const unitMs = UNIT_MS.get(parts?.[2] ?? "");
  if (parts === null || unitMs === undefined) {
    return err(`${JSON.stringify(text)} is not ${DURATION_FORM}`);
  }
  const ms = Math.round(Number(parts[1]) * unitMs);
  if (ms > DURATION_MAX_MS) return err(`${JSON.stringify(text)} is longer than a century`);
  return ok(ms);
}

/** The two largest units, rounded down: `340ms`, `3.4s`, `34s`, `5m 3s`, `2h 5m`, `3d 4h`. */
export function renderDuration(ms: number): string {
  if (!Number.isFinite(ms)) return "unknown";
  if (ms < 0) return `-${renderDuration(-ms)}`;
  if (ms < SECOND) return `${Math.floor(ms)}ms`;
  if (ms < 10 * SECOND) return `${Math.floor(ms / 100) / 10}s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)}s`;
  if (ms < HOUR) return twoUnits(ms, [MINUTE, "m", SECOND, "s"]);
  if (ms < DAY) return twoUnits(ms, [HOUR, "h", MINUTE, "m"]);
  return twoUnits(ms, [DAY, "d", HOUR, "h"]);
}

function twoUnits(ms: number, units: readonly [number, string, number, string]): string {
  const [bigMs, big, smallMs, small] = units;
  const rest = Math.floor((ms % bigMs) / smallMs);
  const head = `${Math.floor(ms / bigMs)}${big}`;
  return rest === 0 ? head : `${head} ${rest}${small}`;
}
