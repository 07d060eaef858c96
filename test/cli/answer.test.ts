// What a life verb came to, where there is more to tell than one line.

import { afterEach, beforeEach, expect, test } from "bun:test";
import type { VerbAnswer } from "../../src/core/api.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.type(["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"]);
});
afterEach(() => scratch.remove());

const alive = {
  result: "already-alive",
  identity: "command-echo",
  generation: "20260131T080000000Z-0001",
} as unknown as VerbAnswer;

test("a message that was not delivered: why, and what shows more", async () => {
  const why = { delivery_detail: "its screen\u001b[2J", delivery_next: "iapeer attach echo" };
  scratch.answer = () => ({ ...alive, delivered: "not-delivered", ...why }) as VerbAnswer;
  const { code, err } = await scratch.type(["wake", "echo", "-m", "x"]);
  expect(code).toBe(1);
  const text = "warning: the message was not delivered: its screen\\x1b[2J\n";
  expect(err).toBe(`${text}next: iapeer attach echo\n`);
});

test("one whose turn was not seen to begin was typed all the same", async () => {
  const why = { delivery_detail: "nothing moved", delivery_next: "iapeer attach echo" };
  scratch.answer = () => ({ ...alive, delivered: "unconfirmed", ...why }) as VerbAnswer;
  const { code, err } = await scratch.type(["wake", "echo", "-m", "x"]);
  expect(code).toBe(0);
  expect(err).toContain("was typed, and its turn was not seen to begin: nothing moved\nnext: ");
});

test("what a stop came to for each presence is told", async () => {
  const others = [{ identity: "claude-echo", detail: "stopped; until: iapeer start echo -r x" }];
  const done = { result: "done", identity: "command-echo", detail: "stopped", others };
  scratch.answer = () => done as unknown as VerbAnswer;
  const { out } = await scratch.type(["stop", "echo"]);
  expect(out).toBe("command-echo: stopped\nclaude-echo: stopped; until: iapeer start echo -r x\n");
});
