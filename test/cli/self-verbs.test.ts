// What a peer says of itself: which peer, which runtime and which of its lives is asked about.

import { afterEach, beforeEach, expect, test } from "bun:test";
import type { VerbAnswer } from "../../src/core/api.ts";
import { Scratch } from "./fake-app.ts";

const MARKED = {
  result: "done",
  identity: "command-echo",
  detail: "marked",
} as unknown as VerbAnswer;

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  const typed = ["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"];
  expect(await scratch.type(typed)).toMatchObject({ code: 0 });
});
afterEach(() => scratch.remove());

test("a peer speaks about itself, in its own runtime", async () => {
  scratch.answer = () => MARKED;
  const env = {
    PEER_PERSONALITY: "echo",
    PEER_RUNTIME: "command",
    PEER_IDENTITY: "command-echo",
    PEER_GENERATION: "20260131T080000000Z-0001",
  };
  const { code, out } = await scratch.type(["self-fresh"], { env });
  expect({ code, out }).toEqual({ code: 0, out: "command-echo: marked\n" });
  expect(scratch.calls[0]).toEqual({
    personality: "echo" as never,
    verb: "self-fresh",
    request: {
      from: "command-echo",
      runtime: "command",
      generation: "20260131T080000000Z-0001",
    },
  });
});

test("of another peer its present life is meant", async () => {
  scratch.answer = () => MARKED;
  const env = { PEER_PERSONALITY: "other", PEER_GENERATION: "20260131T080000000Z-0001" };
  await scratch.type(["self-fresh", "echo"], { env });
  expect(scratch.calls.map(({ request }) => request)).toEqual([{}]);
});
