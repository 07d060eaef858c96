// The checkers of sizes, names and leftovers on small samples, good and bad.

import { describe, expect, test } from "bun:test";
import { functionsIn } from "./functions.ts";
import { checkDead, checkMissing, checkTraces } from "./leftovers.ts";
import { FUNCTION_LINES_MAX, checkShape } from "./shape.ts";
import type { Finding, SourceFile } from "./tree.ts";

const file = (path: string, text: string): SourceFile => ({ path, text });
const messages = (found: readonly Finding[]): string[] => found.map(({ message }) => message);

const lines = (count: number, text = "x();"): string => `${text}\n`.repeat(count);

describe("functions", () => {
  const measured = (text: string) => functionsIn(text).map((span) => [span.line, span.lines]);

  test.each<[string, string, number[][]]>([
    ["a declaration", "function f(a: X) {\n  g();\n}", [[1, 3]]],
    ["with a return type", "function f(): Promise<X> {\n}", [[1, 2]]],
    ["returning an object", "function f(): { a: string } {\n\n}", [[1, 3]]],
    ["returning a function type", "function f(): (a: X) => Y {\n}", [[1, 2]]],
    ["an arrow", "const f = (a: X): Y => {\n};", [[1, 2]]],
    ["an expression has no lines to count", "const f = () => 1;", []],
    ["a method", "class A {\n  m() {\n  }\n}", [[2, 2]]],
    ["an overload or a type", "interface A { m(): void; n(a: X): Y }", []],
    ["no control flow", "if (a) {\n}\nfor (;;) {\n}\nwhile (b) {\n}", []],
    ["a ternary", "const a = b ? f(x) : { c: 1 };", []],
    ["one inside another", "f(() => {\n  g(() => {\n  });\n});", [
      [1, 4],
      [2, 2],
    ]],
  ])("%s", (_, text, expected) => expect(measured(text)).toEqual(expected));

  test("describe is a container, test is not", () => {
    const spans = functionsIn('describe("a", () => {\n  test("b", () => {\n  });\n});');
    expect(spans.map(({ container }) => container)).toEqual([true, false]);
  });
});

describe("shape", () => {
  const HEADER = "// What it is.\n";
  const found = (path: string, text: string) => messages(checkShape([file(path, text)]));

  test.each([
    ["src/a.ts", HEADER + lines(250), "251 lines"],
    ["src/a.ts", `${HEADER}${"x".repeat(101)}\n`, "101 columns"],
    ["src/a.ts", `${HEADER}function f() {\n${lines(FUNCTION_LINES_MAX)}}\n`, "a function of 72"],
    ["src/a.ts", "export {};\n", "no header"],
    ["src/a.ts", "/** Not a header. */\nexport {};\n", "no header"],
    ["src/a.ts", lines(5, "// long"), "a header of 5 lines"],
    ["src/fooBar.ts", HEADER, "not kebab-case"],
    ["src/Foo/a.ts", HEADER, "not kebab-case"],
    ["src/foo_bar.ts", HEADER, "not kebab-case"],
    ["src/utils/a.ts", HEADER, "says nothing"],
    ["src/cli/helpers.ts", HEADER, "says nothing"],
    ["src/cli/misc.test.ts", HEADER, "says nothing"],
  ])("%s is refused (%#)", (path, text, message) => {
    const [first] = found(path, text);
    expect(first).toContain(message);
  });
  test.each([
    ["src/foo-bar.ts", HEADER + lines(249)],
    ["src/a.ts", `#!/usr/bin/env bun\n${HEADER}`],
    ["src/a.ts", HEADER + "x".repeat(100)],
    ["src/a.ts", `${HEADER}function f() {\n${lines(FUNCTION_LINES_MAX - 2)}}\n`],
    ["test/files.real.test.ts", HEADER],
    ["README.md", "x".repeat(300)],
    [".oxlintrc.json", "{}"],
    ["docs/decisions/0001-one-writer.md", ""],
    ["LICENSE", ""],
  ])("%s is fine (%#)", (path, text) => expect(found(path, text)).toEqual([]));
});

describe("leftovers", () => {
  test("a source file that only a test imports is dead", () => {
    const files = [
      file("src/main.ts", 'import "./a.ts";\nawait import("./b.ts");'),
      file("src/a.ts", ""),
      file("src/b.ts", 'import "./b.ts";'),
      file("src/c.ts", ""),
      file("test/c.test.ts", 'import "../src/c.ts";'),
    ];
    expect(checkDead(files).map(({ path }) => path)).toEqual(["src/c.ts"]);
    expect(checkMissing(files)).toEqual([]);
  });
  test("an import of what is not there", () => {
    const [found] = checkMissing([file("src/a.ts", 'import "./gone.ts";')]);
    expect(found?.message).toContain("src/gone.ts");
  });
  const at = (...parts: string[]) => parts.join("/");
  test.each([
    ["docs/a.md", `see ${at("", "work", "main")}`],
    ["src/a.ts", `const a = "${at("", "root", "x")}";`],
    ["bun.lock", `"https:${at("", "", "mirror.example", "zod.tgz")}"`],
    ["docs/a.md", `https:${at("", "", "npm.example.org", "zod")}`],
  ])("a trace of one machine in %s", (path, text) => {
    expect(checkTraces([file(path, text)])).not.toEqual([]);
  });
  test.each([
    ["src/a.ts", "`${dir}/work/a`"],
    ["docs/a.md", "https://bun.sh/docs and node_modules/root/x"],
    ["docs/a.md", "the npm registry"],
  ])("none in %s (%#)", (path, text) => expect(checkTraces([file(path, text)])).toEqual([]));
});
