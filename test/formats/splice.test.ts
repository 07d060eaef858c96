// One change in a text, kept and undone.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseSplice, renderSplice, spliceOf, undone } from "../../src/formats/splice.ts";

const TEXT = fc.string({ unit: fc.constantFrom("a", "b", "\n", "🌊") });

test("is undone to the byte, whatever the two texts are, and survives being written down", () => {
  const check = (before: string, after: string): void => {
    const splice = { ...spliceOf(before, after), isNewFile: false, isNewFolder: true };
    expect(undone(after, splice)).toBe(before);
    expect(parseSplice(renderSplice(splice))).toEqual(splice);
  };
  fc.assert(fc.property(TEXT, TEXT, check), { seed: 20260408, numRuns: 1000 });
});

test("is undone in a text that has changed elsewhere, when its place is certain", () => {
  const change = spliceOf("{}", '{"autoMemoryEnabled": false}');
  expect(undone('{ "a": 1, "autoMemoryEnabled": false}', change)).toBe('{ "a": 1, }');
  expect(undone('{"a": 1}', change)).toBeNull();
  const twice = `x${change.inserted} ${change.inserted}`;
  expect(undone(twice, change)).toBe(`x ${change.inserted}`);
  expect(undone(` ${twice}`, change)).toBeNull();
  const letter = spliceOf("true", "trfe");
  expect(undone("xx fe", letter)).toBeNull();
});

test.each(["", "{", "{}", '{"version": 1}', '{"version": 2, "at": 0}', "[]"])(
  "%j is no record of one",
  (text) => {
    expect(parseSplice(text)).toBeNull();
  },
);
