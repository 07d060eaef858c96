// A configuration of which a part cannot be used: who looks still sees, and is told; nothing is
// changed and nothing started.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Program } from "./program.ts";

const program = new Program();
const TYPO = 'config.json: unknown key "idel_secs"; did you mean "idle_secs"?';

beforeAll(async () => {
  const made = await program.run(["create", "echo", "--runtime", "command", "--", "/bin/cat"]);
  expect(made.code).toBe(0);
  writeFileSync(join(program.root, "config.json"), '{"idel_secs": "1h", "tick_secs": "often"}');
});
afterAll(() => program.close());

const CORRECT = () => `correct ${join(program.root, "config.json")}`;

describe("status and doctor have it among what they find", () => {
  test.each([
    ["status", "troubles"],
    ["doctor", "findings"],
  ])("%s", async (verb, key) => {
    const { code, out, err } = await program.run([verb, "--json"]);
    expect(code).toBe(1);
    expect(err).toBe("");
    const found = (JSON.parse(out) as Record<string, unknown>)[key];
    expect(found).toContainEqual({
      severity: "error",
      code: "bad-config",
      subject: "configuration",
      summary: expect.stringContaining(TYPO),
      hint: CORRECT(),
    });
    expect(found).toContainEqual(
      expect.objectContaining({ summary: expect.stringContaining("tick_secs") }),
    );
  });
});

test.each([
  [["list"], 0, "echo"],
  [["show", "echo"], 0, "/bin/cat"],
  [["why", "echo"], 0, "asleep"],
  [["exits"], 0, ""],
  [["daemon", "status"], 1, "not running"],
] as const)("%j answers, and warns", async (words, expected, answer) => {
  const { code, out, err } = await program.run(words);
  expect(code).toBe(expected);
  expect(out).toContain(answer);
  expect(err).toContain("idel_secs");
  expect(err).toContain(CORRECT());
  expect(err.match(/warning:/g)).toHaveLength(1);
});

test.each([
  [["stop", "echo"], "command-echo: stopped"],
  [["daemon", "stop"], "not running"],
] as const)("%j brings to rest all the same, and warns", async (words, answer) => {
  const { code, out, err } = await program.run(words);
  expect(code).toBe(0);
  expect(`${out}${err}`).toContain(answer);
  expect(err).toContain(CORRECT());
});

test.each([
  [["wake", "echo"]],
  [["create", "two", "--runtime", "command", "--", "/bin/cat"]],
  [["remove", "echo", "--yes"]],
  [["daemon", "run"]],
])("%j is refused", async (words) => {
  const { code, out, err } = await program.run(words);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toContain("the configuration cannot be used");
  expect(err).toContain(CORRECT());
  expect(existsSync(join(program.root, "peers", "echo"))).toBe(true);
  expect(existsSync(join(program.root, "peers", "two"))).toBe(false);
});
