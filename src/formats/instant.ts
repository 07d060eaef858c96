// Instants as people and logs read them: RFC 3339, UTC, milliseconds (lifecycle §8).

import { type WallMs, wallMs } from "../core/brand.ts";
import { assert } from "../core/result.ts";

/** Years 0000 to 9999: beyond them RFC 3339 has no form, and a clock is merely wrong. */
const EARLIEST = -62_167_219_200_000;
const LATEST = 253_402_300_799_999;

const FORM = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** `2026-01-31T23:59:59.007Z`. A clock beyond the year 9999 shows the last instant of it. */
export function renderInstant(wall: WallMs): string {
  assert(!Number.isNaN(wall), "an instant is a number");
  return new Date(Math.min(Math.max(Math.floor(wall), EARLIEST), LATEST)).toISOString();
}

/** Any RFC 3339 instant, to the millisecond; null for anything else, such as February 30th. */
export function parseInstant(text: string): WallMs | null {
  const parts = FORM.exec(text);
  if (parts === null) return null;
  const [, seconds = "", fraction = "", sign, hours, minutes] = parts;
  const whole = `${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}Z`;
  const utc = Date.parse(whole);
  if (Number.isNaN(utc) || new Date(utc).toISOString() !== whole) return null;
  if (sign === undefined) return wallMs(utc);
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return wallMs(sign === "+" ? utc - offset : utc + offset);
}
