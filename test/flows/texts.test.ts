// What is said to a session that has just become ready (lifecycle §3).

import { expect, test } from "bun:test";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { freshText } from "../../src/flows/texts.ts";

const peer = (prompt?: string) =>
  (prompt === undefined ? {} : { initial_prompt: prompt }) as RegistryEntry;

test.each([
  ["fresh: its own prompt comes before the message", "be kind", "fresh", "hi", "be kind\n\nhi"],
  ["fresh, without a message", "be kind", "fresh", null, "be kind"],
  ["fresh, without a prompt", undefined, "fresh", "hi", "hi"],
  ["a prompt of blanks is none", " \n", "fresh", "hi", "hi"],
  ["resumed: the message alone", "be kind", "resume", "hi", "hi"],
  ["resumed, without a message", "be kind", "resume", null, null],
] as const)("%s", (...[, prompt, mode, message, said]) =>
  expect(freshText(peer(prompt), mode, message)).toBe(said),
);
