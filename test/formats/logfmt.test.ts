// Lifecycle §8: one event is one line, and no value can forge another field.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { wallMs } from "../../src/core/brand.ts";
import type { LogValue } from "../../src/core/log-event.ts";
import { parseLine, renderLine, renderValue } from "../../src/formats/logfmt.ts";
import { everyByte, hostileText, RUNS } from "./hostile.ts";

const WALL = wallMs(1_767_225_600_007);
const TS = "2026-01-01T00:00:00.007Z";

const line = (fields: Record<string, LogValue | undefined>, ev = "wake"): string =>
  renderLine({ wall: WALL, ev, fields });

/** What a reader that knows nothing of us takes for the end of a line, or cannot show. */
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

describe("a line", () => {
  test("has ts first, ev second, then the fields in their order", () => {
    expect(line({ identity: "claude-a", mode: "fresh", ms: 12, ours: false })).toBe(
      `ts=${TS} ev=wake identity=claude-a mode=fresh ms=12 ours=false\n`,
    );
  });

  test("leaves undefined fields out", () => {
    expect(line({ a: undefined, b: "x" })).toBe(`ts=${TS} ev=wake b=x\n`);
  });

  test.each([
    ["", '""'],
    ["plain/path_1.2:3@4+5,6;[7]~", "plain/path_1.2:3@4+5,6;[7]~"],
    ["café", "café"],
    ["a b", '"a b"'],
    ["a=b", '"a=b"'],
    ['a"b', '"a\\"b"'],
    ["it's", "\"it's\""],
    ["a`b", '"a`b"'],
    ["a\\b", '"a\\\\b"'],
    ["a\nb\tc\rd", '"a\\nb\\tc\\rd"'],
    ["\u0000\u001B\u007F\u0085", '"\\u0000\\u001b\\u007f\\u0085"'],
    ["\u2028\u202E\u200B\uFEFF", '"\\u2028\\u202e\\u200b\\ufeff"'],
    ["\uD800", '"\\ud800"'],
    ["\u{E0041}", '"\\udb40\\udc41"'],
    ["a\u00A0b", '"a\u00A0b"'],
  ])("renders %j as %s", (value, rendered) => {
    expect(renderValue(value)).toBe(rendered);
  });

  test.each(["ts", "ev", "", "a b", "a=b", "1a", "_a", "__proto__", "é", "a\n", "a".repeat(65)])(
    "refuses the key %j, which only a bug can make",
    (key) => {
      expect(() => line(Object.fromEntries([[key, "x"]]))).toThrow("log key");
    },
  );

  test("carries a megabyte", () => {
    const big = 'x"\\ \n'.repeat(200_000);
    expect(parseLine(line({ big }))?.fields["big"]).toBe(big);
  });
});

describe("reading back", () => {
  test("every byte, alone and between others", () => {
    for (const byte of everyByte) {
      const fields = { a: byte, b: `x${byte}y`, c: "end" };
      const rendered = line(fields);
      expect(rendered.split("\n")).toHaveLength(2);
      expect(parseLine(rendered)).toEqual({ ts: TS, ev: "wake", fields });
    }
  });

  test("is the exact inverse on hostile text, on one line that forges nothing", () => {
    const fields = fc.dictionary(
      fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,8}$/).filter((key) => !/^(ts|ev)$/.test(key)),
      hostileText,
      { maxKeys: 4, noNullPrototype: true },
    );
    fc.assert(
      fc.property(fields, hostileText, (wanted, ev) => {
        const rendered = line(wanted, ev);
        expect(rendered.endsWith("\n")).toBe(true);
        expect(BREAKS.test(rendered.slice(0, -1))).toBe(false);
        expect(rendered.isWellFormed()).toBe(true);
        expect(rendered.indexOf("\n")).toBe(rendered.length - 1);
        expect(parseLine(rendered)).toEqual({ ts: TS, ev, fields: wanted });
      }),
      RUNS,
    );
  });

  test("a quoted value is JSON, so an independent parser agrees", () => {
    fc.assert(
      fc.property(hostileText, (value) => {
        const rendered = renderValue(value);
        const read: unknown = rendered.startsWith('"') ? JSON.parse(rendered) : rendered;
        expect(read).toBe(value);
      }),
      RUNS,
    );
  });

  test("takes a line without its newline, and an empty bare value", () => {
    expect(parseLine(`ts=${TS} ev=x forensics= by=canary`)?.fields).toEqual({
      forensics: "",
      by: "canary",
    });
  });

  test.each([
    "",
    "\n",
    `ts=${TS}`,
    `ev=x ts=${TS}`,
    "ts=yesterday ev=x",
    `ts=${TS} ev=x a`,
    `ts=${TS} ev=x a=b=c`,
    `ts=${TS} ev=x a="b`,
    `ts=${TS} ev=x a="b"c`,
    `ts=${TS} ev=x a="\\q"`,
    `ts=${TS} ev=x a="\\u12"`,
    `ts=${TS} ev=x a=b\\c`,
    `ts=${TS} ev=x a=1 a=2`,
    `ts=${TS} ev=x ev=y`,
    `ts=${TS} ev=x  a=1`,
    `ts=${TS} ev=x `,
    `ts=${TS} ev=x a="\t"`,
    `ts=${TS} ev=x a=\u202Eb`,
    `ts=${TS} ev=x\nts=${TS} ev=y`,
    `ts=${TS} ev=x\n\n`,
  ])("%j is no line of ours", (text) => {
    expect(parseLine(text)).toBeNull();
  });

  test("a torn line is never taken for a whole one with a shorter quoted value", () => {
    const whole = line({ a: 'say "x" = y', b: "z z" });
    for (let end = whole.indexOf("a="); end < whole.length - 1; end += 1) {
      const read = parseLine(whole.slice(0, end));
      if (read !== null) expect(Object.values(read.fields)).not.toContain('say "x');
    }
  });
});
