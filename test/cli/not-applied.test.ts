// `iapeer wake --fresh` and `--resume` of a peer that is alive: they hold only at a launch.

import { afterEach, beforeEach, expect, test } from "bun:test";
import type { VerbAnswer } from "../../src/core/api.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.type(["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"]);
});
afterEach(() => scratch.remove());

const woke = {
  result: "woke",
  identity: "command-echo",
  generation: "20260131T080000000Z-0001",
  mode: "fresh",
  cause: "first-wake",
  ms: 1234,
} as unknown as VerbAnswer;

test.each(["fresh", "resume"])("--%s of one that is alive is said not to hold", async (mode) => {
  const alive = { ...woke, result: "already-alive", delivered: "delivered" } as VerbAnswer;
  scratch.answer = () => alive;
  const { code, out, err } = await scratch.type(["wake", "echo", `--${mode}`, "-m", "x", "-q"]);
  expect({ code, out }).toEqual({
    code: 0,
    out: "command-echo is already alive\nthe message was delivered\n",
  });
  const how = mode === "fresh" ? "; iapeer new echo begins an empty one" : "";
  expect(err).toBe(
    `warning: --${mode} was not applied: it is alive, and its conversation goes on${how}\n`,
  );
  const json = await scratch.type(["wake", "echo", `--${mode}`, "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ not_applied: mode });
  expect((await scratch.type(["wake", "echo"])).err).toBe("");
  scratch.answer = () => woke;
  expect((await scratch.type(["wake", "echo", `--${mode}`])).err).toBe("");
});
