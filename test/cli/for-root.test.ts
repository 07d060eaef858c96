// What a document tells a person, or a script, to do next is for the root that was asked about, as
// what is printed without --json is.

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { WhyPresence } from "../../src/core/snapshot.ts";
import { documentForRoot } from "../../src/cli/rooted.ts";
import { Scratch } from "./fake-app.ts";

const scratch = new Scratch();
beforeAll(async () => {
  await scratch.type(["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"]);
});
afterAll(() => scratch.remove());

const ROOT = ["--root", "/a b"];
const START = "iapeer --root '/a b' daemon start";

async function documentOf(words: readonly string[]): Promise<unknown> {
  return JSON.parse((await scratch.type([...words, "--json", ...ROOT])).out);
}

test("the hints of status and of doctor", async () => {
  const hint = expect.stringContaining(START);
  const found = [expect.objectContaining({ code: "daemon-not-running", hint })];
  expect(await documentOf(["status"])).toMatchObject({ troubles: found });
  expect(await documentOf(["doctor"])).toMatchObject({ findings: found });
});

test("what why says of a peer, and nothing that was recorded", async () => {
  const detail = "iapeer start echo";
  const is = { identity: "command-echo", state: "asleep", because: "b" };
  const said = { ...is, next: "iapeer wake echo" };
  scratch.explained = [{ ...said, decisions: [{ detail }] } as unknown as WhyPresence];
  expect(await documentOf(["why", "echo"])).toMatchObject({
    presences: [
      {
        first: expect.stringContaining(START),
        next: "iapeer --root '/a b' wake echo",
        decisions: [{ detail }],
      },
    ],
  });
});

test("what came of a verb, and of a preview", async () => {
  const detail = "stopped; nothing wakes it until: iapeer start echo";
  const done = { result: "done", identity: "command-echo", detail };
  scratch.directAnswer = () => done as never;
  const rooted = "stopped; nothing wakes it until: iapeer --root '/a b' start echo";
  expect(await documentOf(["stop", "echo"])).toMatchObject({ detail: rooted });
  expect(await documentOf(["stop", "echo", "--preview"])).toMatchObject({
    proposed_actions: ["stop echo until iapeer --root '/a b' start echo"],
  });
});

test("a warning, in the document and beside it", async () => {
  const create = ["create", "nope", "--json", ...ROOT, "--", "/no/such"];
  const { out, err } = await scratch.type(create);
  const fix = "then iapeer --root '/a b' verify --fix";
  expect(JSON.parse(out)).toMatchObject({ warnings: [expect.stringContaining(fix)] });
  const warned = err.split("\n").filter((line) => line.startsWith("warning: "));
  expect(warned).toEqual([expect.stringContaining(fix)]);
});

test("of three likely commands what they do stands apart, however long the root is", async () => {
  const { out } = await scratch.type(["--root", `/a/${"root".repeat(9)}`], { tty: true });
  const lines = out.split("\n").filter((line) => line.startsWith("  iapeer --root /a/"));
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toMatch(/ {2}(?:supervise|wake a peer|watch|look|why)/);
});

test("without --root a document is as it was", () => {
  const document = { next: "iapeer list", more: [null, 1, { hint: "iapeer list" }] };
  expect(documentForRoot(document, undefined)).toBe(document);
  expect(documentForRoot(document, "/r")).toEqual({
    next: "iapeer --root /r list",
    more: [null, 1, { hint: "iapeer --root /r list" }],
  });
});
