// What stands at an agent's prompt, told from what the agent suggests there: by screens with their
// styles, captured from the real programs by test/e2e/capture-screens.ts.

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { solidText } from "../../src/runtimes/styled.ts";
import { openRuntime } from "../contract/runtime-under-test.ts";

const textOf = (name: string) =>
  readFileSync(join(import.meta.dir, "drafts", `${name}.txt`), "utf8");

function draftRuleOf(name: string) {
  const { runtime, remove } = openRuntime(name);
  remove();
  if (runtime.draft === undefined) throw new Error(`${name} has no draft rule`);
  return runtime.draft;
}

describe.each(["claude", "codex"])("%s", (name) => {
  const draft = draftRuleOf(name);

  test.each([
    ["free", ""],
    ["answered", ""],
    ["typed", "Half a thought"],
  ])("%s: %p", (screen, typed) => {
    expect(draft.typed(textOf(`${name}-${screen}`))).toBe(typed);
  });

  test("what was typed is seen wherever the cursor stands, and behind a menu", () => {
    const typed = textOf(`${name}-typed`);
    const atStart = typed.replace("Half a", "\u001b[7mH\u001b[0malf a");
    expect(atStart).not.toBe(typed);
    expect(draft.typed(atStart)).toBe("Half a thought");
  });

  test("without a prompt nothing stands there", () => {
    expect(draft.typed("")).toBe("");
    expect(draft.typed("Half a thought\n")).toBe("");
  });
});

test("of one letter typed in claude, with the cursor on it as in vim's normal mode, too", () => {
  const letter = textOf("claude-free").replace("\u001b[7m \u001b[0m", "\u001b[7mx\u001b[0m");
  expect(draftRuleOf("claude").typed(letter)).toBe("x");
});

test("what claude suggests is no draft, the letter under its cursor included", () => {
  const hint = "\u001b[7mT\u001b[0;2mry \u001b[2m\"fix the lint errors\"\u001b[0m";
  const free = textOf("claude-free");
  const suggested = free.replace("\u001b[7m \u001b[0m", hint);
  expect(suggested).not.toBe(free);
  expect(draftRuleOf("claude").typed(suggested)).toBe("");
});

test.each([
  ["Half a thought\n  and more", "Half a thought\n  and more"],
  ["Half a thought\n\n  and more", "Half a thought\n\n  and more"],
  ["\n  and more", "and more"],
])("of several rows that were typed in codex each counts: %j", (rows, typed) => {
  const shown = textOf("codex-typed").replace("Half a thought", rows);
  expect(draftRuleOf("codex").typed(shown)).toBe(typed);
});

test("codex's keys for a draft are none that end it where nothing stands", () => {
  expect(draftRuleOf("codex")).toMatchObject({ keys: ["C-e", "C-u"], back: ["C-y"] });
});

describe("styles", () => {
  test.each([
    ["plain", "plain"],
    ["a\u001b[2mdim\u001b[0mb", "a   b"],
    ["a\u001b[2mdim\u001b[22mb", "a   b"],
    ["a\u001b[7mx\u001b[27mb", "axb"],
    ["a\u001b[7mT\u001b[0m\u001b[2mry\u001b[0mb", "a   b"],
    ["\u001b[2mover\nrows\u001b[mb", "    \n    b"],
    ["\u001b[38;5;2mgreen\u001b[39m", "green"],
    ["\u001b[38;2;2;7;2mgreen\u001b[1;2mdim", "green   "],
    ["\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["\u000ex\u000f", "x"],
  ])("%j", (styled, solid) => {
    expect(solidText(styled)).toBe(solid);
  });
});
