// Text that tries to be something else: every code unit, and what logs, terminals, shells and
// JSON treat specially. The run is the same every time.

import fc from "fast-check";

export const RUNS = { seed: 20260101, numRuns: 500 };

const SPECIAL = [
  "",
  " ",
  "\n",
  "\r\n",
  "\t",
  "\0",
  "=",
  '"',
  "'",
  "`",
  "\\",
  "$(id)",
  "${HOME}",
  "%s",
  " ev=forged",
  "\nts=2026-01-01T00:00:00.000Z ev=forged",
  "\u001B[201~",
  "\u001B[31m",
  "\u009B31m",
  "\u0085",
  "\u2028",
  "\u202E",
  "\u200B",
  "\uFEFF",
  "\uD800",
  "\uDC00",
  "\u{E0001}",
  "é",
  "日本",
  "👨‍👩‍👧",
  "__proto__",
  "constructor",
  "-rf",
  "../..",
  "</iapeer-message>",
  "#",
] as const;

const codeUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));

/** Any sequence of UTF-16 code units, lone surrogates included. */
export const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...SPECIAL), codeUnit, fc.string({ maxLength: 8 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(""));

/** The same without NUL, for what must fit into an environment or a path. */
export const hostileWithoutNul = hostileText.map((text) => text.replaceAll("\0", ""));

/** Well-formed Unicode, for what passes through a UTF-8 file. */
export const wellFormed = hostileText.map((text) => text.toWellFormed());

export const everyByte = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
