// The runtimes' own memory (memory-provider contract, "Native memory"): one setting changes, and
// every other byte of the file stays; and back again.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { masked } from "../../src/runtimes/claude/json-mask.ts";
import { claudeMemory } from "../../src/runtimes/claude/native-memory.ts";
import { codexMemory } from "../../src/runtimes/codex/native-memory.ts";

const RUNS = { seed: 20260407, numRuns: 500 };

const text = (edit: unknown): string => {
  if (typeof edit !== "string") throw new Error(JSON.stringify(edit));
  return edit;
};

describe("claude: autoMemoryEnabled in .claude/settings.json", () => {
  const off = (before: string) => text(claudeMemory.write(before, "off"));

  test.each([
    ["", '{\n  "autoMemoryEnabled": false\n}\n'],
    ["{}", '{"autoMemoryEnabled": false}'],
    ["{\n}\n", '{"autoMemoryEnabled": false\n}\n'],
    ['{\n  "model": "x"\n}\n', '{\n  "model": "x",\n  "autoMemoryEnabled": false\n}\n'],
    ['{"autoMemoryEnabled":true,"b":1}', '{"autoMemoryEnabled":false,"b":1}'],
    ['{\r\n\t"a": [1]\r\n}', '{\r\n\t"a": [1],\r\n\t"autoMemoryEnabled": false\r\n}'],
  ])("%j becomes %j", (before, after) => {
    expect(off(before)).toBe(after);
    expect(claudeMemory.read(after)).toBe("off");
  });

  test("comments and trailing commas stay where they are", () => {
    const before = '{\n  // the model\n  "model": "x", /* "autoMemoryEnabled": true */\n}\n';
    const after = off(before);
    expect(after).toBe(before.replace('"model"', '"autoMemoryEnabled": false,\n  "model"'));
    const on = before.replace('"x",', '"x",\n  "autoMemoryEnabled": true, // yes\n');
    expect(off(on)).toBe(on.replace("true, // yes", "false, // yes"));
  });

  test("the key elsewhere, or in a string, is something else", () => {
    const before = '{"env": {"autoMemoryEnabled": true}, "note": "\\"autoMemoryEnabled\\": true"}';
    expect(claudeMemory.read(before)).toBe("unset");
    expect(JSON.parse(off(before))).toEqual({ ...JSON.parse(before), autoMemoryEnabled: false });
  });

  test.each(["[]", "{", "nonsense", '"x"', '{"autoMemoryEnabled": "no"}', "{'a': 1}", "{,}"])(
    "%j is left as it is",
    (before) => {
      expect(claudeMemory.write(before, "off")).toHaveProperty("leave");
    },
  );

  test("any settings keep every byte but the inserted ones", () => {
    const settings = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
    const indent = fc.constantFrom<string | number>(0, 2, "\t");
    const check = (value: Record<string, unknown>, space: string | number): void => {
      const before = JSON.stringify(value, null, space);
      if (claudeMemory.read(before) !== "unset") return;
      const after = off(before);
      expect(JSON.parse(after)).toEqual({ ...JSON.parse(before), autoMemoryEnabled: false });
      expect(commonEnds(before, after)).toBe(before.length);
    };
    fc.assert(fc.property(settings, indent, check), RUNS);
  });

  test("masking changes no plain JSON, and no position of any other", () => {
    const plain = fc.tuple(fc.jsonValue(), fc.constantFrom(0, 2)).map(([value, space]) =>
      JSON.stringify(value, null, space),
    );
    fc.assert(fc.property(plain, (json) => expect(masked(json)).toBe(json)), RUNS);
    const any = fc.string({ unit: fc.constantFrom(..."{}[]\",:/*\\ \n1a".split("")) });
    fc.assert(fc.property(any, (odd) => expect(masked(odd)).toHaveLength(odd.length)), RUNS);
  });
});

/** How much two texts have in common at their ends, together. */
function commonEnds(short: string, long: string): number {
  let head = 0;
  while (head < short.length && short[head] === long[head]) head += 1;
  let tail = 0;
  while (tail < short.length - head && short.at(-1 - tail) === long.at(-1 - tail)) tail += 1;
  return head + tail;
}

describe("codex: memories under [features] in .codex/config.toml", () => {
  const off = (before: string) => text(codexMemory.write(before, "off"));

  test.each([
    ["", "[features]\nmemories = false\n"],
    ['model = "x" # mine\n', 'model = "x" # mine\n\n[features]\nmemories = false\n'],
    ["# only this", "# only this\n\n[features]\nmemories = false\n"],
    ["a = 1\r\n", "a = 1\r\n\r\n[features]\r\nmemories = false\r\n"],
    ["[features]\nmemories = true # why\nb = 1\n", "[features]\nmemories = false # why\nb = 1\n"],
    ["[features] # c\nb = 1\n[z]\n", "[features] # c\nmemories = false\nb = 1\n[z]\n"],
    ["[features]", "[features]\nmemories = false\n"],
    ["  [ features ]\r\n  b = 1\r\n", "  [ features ]\r\n  memories = false\r\n  b = 1\r\n"],
    ["features = { b = true }\n", "features = { memories = false, b = true }\n"],
    ["features = {}\n", "features = { memories = false }\n"],
    ["features = { memories = true }\n", "features = { memories = false }\n"],
    ["features.b = true\n[x]\n", "features.memories = false\nfeatures.b = true\n[x]\n"],
    ["features.memories=true\n", "features.memories=false\n"],
    ['["features"]\n"memories" = true\n', '["features"]\n"memories" = false\n'],
    [
      'a = """\n[features]\nmemories = true\n"""\n',
      'a = """\n[features]\nmemories = true\n"""\n\n[features]\nmemories = false\n',
    ],
    [
      "[other]\nmemories = true\n[features]\nx = 1\n",
      "[other]\nmemories = true\n[features]\nmemories = false\nx = 1\n",
    ],
    [
      "[features.sub]\na = 1\n",
      "[features.sub]\na = 1\n\n[features]\nmemories = false\n",
    ],
  ])("%j becomes %j", (before, after) => {
    expect(off(before)).toBe(after);
    expect(codexMemory.read(after)).toBe("off");
  });

  test.each(["= nonsense", "[features]\n[features]\n", "features = 1\n", "[[features]]\na = 1\n"])(
    "%j is left as it is",
    (before) => {
      expect(codexMemory.write(before, "off")).toHaveProperty("leave");
    },
  );

  test("whatever else there is, an independent parser reads exactly one change", () => {
    const line = fc.constantFrom(
      "a = 1",
      'b = "memories = true" # memories = true',
      "[features]",
      "[other]",
      "memories = true",
      "memories = false",
      "features.x = true",
      "  c = [1, 2] ",
      "# [features]",
      "",
      'd = """',
      '"""',
      "[projects.'/a b']",
    );
    const check = (lines: readonly string[], eol: string): void => {
      const before = lines.map((one) => `${one}${eol}`).join("");
      const edit = codexMemory.write(before, "off");
      if (typeof edit !== "string") return;
      const was = Bun.TOML.parse(before) as Record<string, object>;
      const wanted = { ...was, features: { ...was["features"], memories: false } };
      expect(Bun.TOML.parse(edit)).toEqual(wanted);
      const back = text(codexMemory.write(edit, "on"));
      expect(codexMemory.read(back)).toBe("on");
    };
    const lines = fc.array(line, { maxLength: 9 });
    fc.assert(fc.property(lines, fc.constantFrom("\n", "\r\n"), check), RUNS);
  });
});
