// The canary's redaction (lifecycle §6), run by every awk that this machine has: no value of a
// peer's environment, and nothing that looks like a credential, comes through.

import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { renderLaunchEnv } from "../../src/formats/launch-env.ts";
import { REDACTION } from "../../src/formats/redaction-awk.ts";

const AWKS = [["awk"], ["mawk"], ["gawk"], ["original-awk"], ["busybox", "awk"]].filter(
  ([name = ""]) => Bun.which(name) !== null,
);

function redact(awk: readonly string[], env: string, text: string): string {
  const dir = mkdtempSync(join(tmpdir(), "iapeer-redact-"));
  try {
    const path = join(dir, "launch env=x");
    writeFileSync(path, env);
    const ran = Bun.spawnSync([...awk, REDACTION, path, "text=1", "-"], {
      stdin: new TextEncoder().encode(text),
      env: { LC_ALL: "C", PATH: process.env["PATH"] ?? "" },
    });
    expect(ran.stderr.toString()).toBe("");
    return ran.stdout.toString();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const TOKEN = "tok.en+[x]*(y)\\1&~42";

describe.each(AWKS.map((awk) => [awk.join(" "), awk] as const))("%s", (_, awk) => {
  test.each([
    ["as it is", `A=${TOKEN}`, `see ${TOKEN}!\n${TOKEN}\n`, "see [redacted]!\n[redacted]\n"],
    ["in single quotes", `A='${TOKEN}'`, `${TOKEN}\n`, "[redacted]\n"],
    ["exported, behind blanks", `  export A=${TOKEN}  \r`, `${TOKEN}\n`, "[redacted]\n"],
    ["with a comment behind", `A=${TOKEN} # why`, `${TOKEN}\n`, "[redacted]\n"],
    ["with escapes", renderLaunchEnv({ A: 'say "$x"\nnow' }), 'say "$x"\nnow\n', "[redacted]\n"],
    ["broken by a line", "A=abcdefghij", "abcde\r\n   fghij|\n", "[redacted]|\n"],
    ["broken by a colour", "A=abcdefghij", "abc\x1b[31mdef\x1b[0mghij|\n", "[redacted]|\n"],
    ["in a window's title", "A=abcdefghij", "\x1b]0;abcdefghij\x07x\n", "x\n"],
    ["cut off at the start", "A=abcdefghij", "defghij and more\n", "[redacted] and more\n"],
    ["cut off at the end", "A=abcdefghij", "so: abcdefg", "so: [redacted]\n"],
    ["one after another", "A=abcdef\nB=ghijkl", "abcdefghijkl\n", "[redacted]\n"],
    ["the longer of two", "A=abcdef\nB=abcdefghi", "abcdefghi|\n", "[redacted]|\n"],
    ["a short value is a word", "A=true\nB=12345", "true 12345\n", "true 12345\n"],
    ["a name without a value", "A=\nB\n\n# c=abcdefgh", "A= B\n", "A= B\n"],
    ["no text at all", "A=abcdefghij", "", ""],
    ["text without controls", "A=abcdefghij", "a\u0007b\tc\x7f é☃\n", "ab\tc é☃\n"],
  ])("a value %s", (...[, env, text, expected]) => {
    expect(redact(awk, env, text)).toBe(expected);
  });

  test.each([
    `key sk-ant-api03-${"x".repeat(20)} x`,
    `ghp_${"A1".repeat(18)} x`,
    `github_pat_${"A1_".repeat(10)} x`,
    `xoxb-${"12-ab".repeat(5)} x`,
    `AKIA${"ABCD".repeat(4)} x`,
    `eyJhbGciOi.${"eyJzdWIi".repeat(3)}.sig x`,
    `Authorization: Bearer ${"abc.DEF-".repeat(4)} x`,
    "https://ann:hunter2secret@example.org/x",
    'PASSWORD="hunter2secret" x',
    "my_api_key: hunter2secret x",
    '{"accessToken":"hunter2secret","x":1}',
    "-----BEGIN RSA PRIVATE KEY-----\nMIIhunter2secret\n-----END RSA PRIVATE KEY-----\nx",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIhunter2secret\n x",
  ])("a credential whose value is in no file: %j", (line) => {
    const shown = redact(awk, "", `${line}\n`);
    expect(shown).toContain("[redacted]");
    const secret = /hunter2secret|x{20}|(?:A1){18}|(?:A1_){10}|(?:12-ab){5}|(?:ABCD){4}|zdWI|DEF-/;
    expect(shown).not.toMatch(secret);
  });

  test("what a person needs stays", () => {
    const text = "token count 12\nskip sk-1\nhttps://example.org/a@b\nat x.ts:3:4 a=b\n";
    expect(redact(awk, "A=abcdefghij", text)).toBe(text);
  });
});

describe.each(AWKS.map((awk) => [awk.join(" "), awk] as const))("%s, at length", (_, awk) => {
  test("any value in any text, however its characters are spread", () => {
    const unit = fc.string({ unit: "grapheme-ascii", minLength: 6, maxLength: 30 });
    const breaking = fc.constantFrom("", "", "", "\r\n", "\x1b[1m", "  ");
    const breaks = fc.array(breaking, { maxLength: 30 });
    fc.assert(
      fc.property(unit, breaks, fc.string({ maxLength: 20 }), (value, between, around) => {
        const core = value.replaceAll(/\s/g, "");
        fc.pre(core.length >= 6);
        const spread = core.replaceAll(/./g, (one, at: number) => one + (between[at] ?? ""));
        const text = `${around.replaceAll("\0", "")}\n${spread}\n`;
        const shown = redact(awk, renderLaunchEnv({ A: value }), text);
        expect(shown.replaceAll(/\s/g, "")).not.toContain(core);
      }),
      { seed: 20260131, numRuns: 60 },
    );
  }, 20_000);

  test("a full tail with a hundred values takes no time", () => {
    const values = Array.from({ length: 100 }, (_unused, index) => `value-${index}-abcdef`);
    const env = values.map((value, index) => `V${index}=${value}\n`).join("");
    const text = `${values.join(" ")}\n`.repeat(10).slice(0, 16_384);
    const begun = performance.now();
    const shown = redact(awk, env, text);
    expect(performance.now() - begun).toBeLessThan(3000);
    for (const value of values) expect(shown).not.toContain(value);
  });
});
