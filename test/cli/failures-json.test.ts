// Failures as a program meets them (CLI contract): with --json there is one document on stdout,
// whatever went wrong, and stderr and the exit code are as they are without it.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { type Outcome, Scratch } from "./fake-app.ts";

const scratch = new Scratch();
beforeAll(async () => {
  const made = await scratch.type(["create", "echo", "--runtime", "command", "--", "/bin/cat"]);
  expect(made.code).toBe(0);
});
afterAll(() => scratch.remove());

const SCHEMA = "iapeer.error.v1";

function documentOf({ out }: Outcome): unknown {
  expect(out.trimEnd().split("\n")).toHaveLength(1);
  return JSON.parse(out);
}

describe("wrong usage", () => {
  test.each([
    [["--json", "waek", "echo"], 'there is no verb "waek"', "did you mean iapeer wake?"],
    [["daemon", "stats", "--json"], 'daemon has no verb "stats"', "did you mean iapeer daemon " +
      "status?"],
    [["--json"], "there is no option --json", "see iapeer --help"],
    [["list", "--json", "-x"], "list has no option -x", "see iapeer list --help"],
    [["show", "--json"], "show needs <peer>", "see iapeer show --help"],
    [["list", "extra", "--json"], 'list does not take "extra"', "see iapeer list --help"],
    [["wake", "--json", "echo", "--message"], "--message needs a value", "see iapeer wake --help"],
    [["exits", "--json", "-n", "x"], '--lines takes a whole number, not "x"', "for instance " +
      "--lines 4"],
    [["stop", "--all", "--json"], "stop needs --yes without a terminal", "--preview shows what " +
      "it would do"],
  ])("%j", async (words, what, next) => {
    const told = await scratch.type(words);
    expect(documentOf(told)).toEqual({ schema: SCHEMA, code: "usage", what, next });
    expect(told).toMatchObject({ code: 2, err: `iapeer: ${what}; ${next}\n` });
  });

  test.each([
    [["create", "x", "argv", "--", "--json"]],
    [["wake", "zzz", "--message", "--json"]],
    [["wake", "zzz"]],
  ])("no document where --json is not an option: %j", async (words) => {
    const { code, out, err } = await scratch.type(words);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toStartWith("iapeer: ");
  });
});

test.each([
  [["create", "Echo", "--json"]],
  [["rename", "echo", "Echo", "--json"]],
])("a name that is none has one code, whoever is given it: %j", async (words) => {
  const told = await scratch.type(words);
  expect(documentOf(told)).toMatchObject({ schema: SCHEMA, code: "bad-name" });
  expect(told).toMatchObject({ code: 2, err: expect.stringContaining('; try "echo"') });
});

test("any failure has its code, why and next, which is for the same root", async () => {
  const told = await scratch.type(["wake", "echo", "--json", "--root", "/a b"]);
  expect(told.code).toBe(1);
  expect(documentOf(told)).toEqual({
    schema: SCHEMA,
    code: "no-daemon",
    what: "the daemon is not running, and only it launches sessions",
    why: "nothing answers on its socket",
    next:
      "start it in the background: iapeer --root '/a b' daemon start; " +
      "or in a terminal of its own: iapeer --root '/a b' daemon run",
  });
  const broken = new Scratch();
  writeFileSync(broken.host.layout.registry, "{", { mode: 0o600 });
  const corrupt = await broken.type(["exits", "echo", "--json"]);
  broken.remove();
  expect(documentOf(corrupt)).toMatchObject({ schema: SCHEMA, code: "registry-corrupt" });
});

test("what was printed already is the one document", async () => {
  scratch.answer = () =>
    ({ result: "refused", identity: "command-echo", cause: "stopped", detail: "d" }) as never;
  const told = await scratch.type(["wake", "echo", "--json"]);
  scratch.answer = undefined;
  expect(documentOf(told)).toMatchObject({ schema: "iapeer.answer.v1", cause: "stopped" });
  expect(told.code).toBe(1);
});
