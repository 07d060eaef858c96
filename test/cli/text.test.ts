// What a terminal is sent: data never acts on it, whatever it holds.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { indented } from "../../src/cli/demo/stage.ts";
import { painter } from "../../src/cli/render/color.ts";
import { renderTable } from "../../src/cli/render/table.ts";
import {
  clip,
  clipPainted,
  columnsOf,
  pad,
  visible,
  visibleLines,
} from "../../src/cli/render/text.ts";

const SEED = { seed: 20_260_131, numRuns: 300 };

/** What a terminal acts on, or what hides or reorders what stands beside it. */
const ACTS = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

describe("visible", () => {
  test.each([
    ["plain text stays", "plain text stays"],
    ["a\nb\tc\r", "a\\nb\\tc\\r"],
    ["\u001b[31mred", "\\x1b[31mred"],
    ["\u0000\u007f\u009b", "\\x00\\x7f\\x9b"],
    ["abc\u202edef", "abc\\u202edef"],
    ["\ud800 alone", "\ufffd alone"],
    ["é 漢 👍", "é 漢 👍"],
  ])("%j", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test("nothing that a terminal acts on is left, in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(visible(text)).not.toMatch(ACTS);
        expect(visibleLines(text).replace(/[\n\t]/g, "")).not.toMatch(ACTS);
      }),
      SEED,
    );
  });
});

describe("columns", () => {
  test("wide characters take two", () => {
    expect(columnsOf("漢字")).toBe(4);
    expect(pad("漢", 4)).toBe("漢  ");
    expect(clip("漢字漢字", 5)).toBe("漢字…");
  });

  test("a clipped text never is wider than asked", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (text, columns) => {
        expect(columnsOf(clip(visible(text), columns))).toBeLessThanOrEqual(columns);
      }),
      SEED,
    );
  });
});

describe("a painted line", () => {
  const paint = painter(true);
  const hues = (text: string) => text.length - Bun.stripANSI(text).length;
  const line = `${paint("dim", "NAME")}  ${paint("green", "alive 漢字")}  12s  -`;

  test("keeps its colours where it is cut, and says that it was", () => {
    const plain = "NAME  alive 漢字  12s  -";
    for (let columns = 0; columns <= 30; columns++) {
      const cut = clipPainted(line, columns);
      expect(Bun.stripANSI(cut).trimEnd()).toBe(clip(plain, columns));
      expect(columnsOf(cut)).toBeLessThanOrEqual(columns);
      expect(hues(cut)).toBe(hues(line));
    }
  });

  test("the demonstration's table never is wider than its terminal", () => {
    for (const drawn of indented([line, "x".repeat(100)], 12)) {
      expect(columnsOf(drawn)).toBeLessThanOrEqual(12);
    }
  });
});

test("a table is aligned, its last column cut, its colour put on after padding", () => {
  const lines = renderTable({
    head: ["NAME", "STATE", "WHAT"],
    rows: [
      [{ text: "漢" }, { text: "alive", hue: "green" }, { text: "a long description of it" }],
      [{ text: "reviewer" }, { text: "asleep" }, { text: "" }],
    ],
    columnsMax: 30,
    paint: painter(false),
  });
  expect(lines).toEqual([
    "NAME      STATE   WHAT",
    "漢        alive   a long desc…",
    "reviewer  asleep",
  ]);
  expect(lines.every((line) => columnsOf(line) <= 30)).toBe(true);
  expect(painter(true)("green", "alive")).toBe("\u001b[32malive\u001b[39m");
});
