// launch.env: what is read, what is refused by its line, and a real sh as a second reader.

import { afterAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parseLaunchEnv, renderLaunchEnv } from "../../src/formats/launch-env.ts";
import { hostileText, hostileWithoutNul, RUNS } from "./hostile.ts";

const folder = mkdtempSync(join(tmpdir(), "iapeer-launch-env-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("reading", () => {
  test.each([
    ["A=1", "1"],
    ["export A=1", "1"],
    ["  export\tA = 1  ", "1"],
    ["A=", ""],
    ["A=''", ""],
    ["A=a b  c", "a b  c"],
    ["A=a # comment", "a"],
    ["A=# comment", ""],
    ["A=a#b", "a#b"],
    ["A='a # b' # comment", "a # b"],
    ['A="a # b"#comment', "a # b"],
    ["A=$HOME/`id`/$(id)", "$HOME/`id`/$(id)"],
    ['A="$HOME `id`"', "$HOME `id`"],
    ["A='$HOME \\n'", "$HOME \\n"],
    ['A="a\\nb\\tc\\rd\\"e\\\\f\\$g\\`h\\q"', 'a\nb\tc\rd"e\\f$g`h\\q'],
    ["A=a\\nb", "a\\nb"],
    ["A=b=c", "b=c"],
    ["\uFEFFA=1", "1"],
    ["A=1\r\n", "1"],
    ["A='1'\r\n", "1"],
    ["A=1\nA=2", "2"],
  ])("%j gives %j", (text, value) => {
    expect(parseLaunchEnv(text)).toEqual({ ok: true, value: { A: value } });
  });

  test("skips comments and blank lines", () => {
    expect(parseLaunchEnv("\n  \n# A=1\r\n\t# x\n")).toEqual({ ok: true, value: {} });
  });

  test.each([
    ["A=1\nB", "line 2: expected KEY=VALUE"],
    ["1A=x", "line 1: a variable's name"],
    ["A B=x", "line 1: a variable's name"],
    ["=x", "line 1: a variable's name"],
    ["export =x", "line 1: "],
    ["A-B=x", "line 1: a variable's name"],
    ["\nA='x", "line 2: A: the ' is not closed"],
    ['A="x\ny"', 'line 1: A: the " is not closed'],
    ['A="x\\"', 'line 1: A: the " is not closed'],
    ["A='x'y", "line 1: A: there is text behind the closing '"],
    ["A=1\nB=x\0y", "line 2: a NUL"],
  ])("refuses %j by its line", (text, error) => {
    expect(parseLaunchEnv(text)).toEqual({ ok: false, error: expect.stringContaining(error) });
  });

  test("never shows a value in an error", () => {
    const texts = ["A='hunter2", "A='hunter2'x", "hunter2", "hun ter2=hunter2", "A=hunter2\0"];
    for (const text of texts) {
      const result = parseLaunchEnv(text);
      expect(result.ok).toBe(false);
      if (!result.ok) expect(result.error).not.toContain("hunter2");
    }
  });

  test("a variable named __proto__ is only a variable", () => {
    const result = parseLaunchEnv("__proto__=x\nconstructor=y");
    expect(result.ok && Object.entries(result.value)).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });

  test("answers to anything, with variables or with a line", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const result = parseLaunchEnv(text);
        if (result.ok) {
          for (const name of Object.keys(result.value)) expect(name).toMatch(/^[A-Za-z_]\w*$/);
        } else expect(result.error).toMatch(/^line \d+: /);
      }),
      RUNS,
    );
  });
});

describe("writing", () => {
  const environments = fc.dictionary(
    fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
    hostileWithoutNul,
    { maxKeys: 4, noNullPrototype: true },
  );

  test("comes back exactly", () => {
    fc.assert(
      fc.property(environments, (env) => {
        expect(parseLaunchEnv(renderLaunchEnv(env))).toEqual({ ok: true, value: env });
      }),
      RUNS,
    );
  });

  test("means the same to sh, which executes nothing of it", () => {
    const file = join(folder, "launch.env");
    const ordinary = hostileWithoutNul.map((text) => text.toWellFormed().replaceAll(/[\n\r]/g, ""));
    fc.assert(
      fc.property(fc.array(ordinary, { minLength: 20, maxLength: 20 }), (values) => {
        const env = Object.fromEntries(values.map((value, index) => [`V${index}`, value]));
        writeFileSync(file, renderLaunchEnv(env));
        const names = Object.keys(env).map((name) => `"$${name}"`);
        const script = `. "$1"; printf '%s\\0' ${names.join(" ")}`;
        const run = spawnSync("/bin/sh", ["-c", script, "sh", file], { encoding: "utf8" });
        expect(run.stderr).toBe("");
        expect(run.stdout.split("\0").slice(0, -1)).toEqual(values);
      }),
      { ...RUNS, numRuns: 20 },
    );
  });
});
