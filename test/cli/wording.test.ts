// Sums that come out, singulars, and answers that name whom they are about (CLI contract).

import { afterEach, beforeEach, expect, test } from "bun:test";
import type { VerbAnswer } from "../../src/core/api.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  const typed = ["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"];
  expect(await scratch.type(typed)).toMatchObject({ code: 0 });
});
afterEach(() => scratch.remove());

test("one peer is one peer", async () => {
  expect((await scratch.type(["stop", "--all", "--yes"])).out).toBe("stopped 1 of 1 peer\n");
  expect((await scratch.type(["verify"])).out).toStartWith("1 peer: registry, ");
});

test("the states that are counted are those of presences, and add up", async () => {
  scratch.answer = () => ({ result: "done", identity: "command-echo" as never, detail: "" });
  expect((await scratch.type(["status"])).out).toContain("\npeers   1 peer: 1 asleep\n");
  await scratch.type(["create", "agent", "--runtime", "claude", "-q"]);
  await scratch.type(["add-runtime", "agent", "codex"]);
  const { out } = await scratch.type(["status"]);
  expect(out).toContain("\npeers   2 peers, 3 presences: 3 asleep\n");
});

test("a launch from the folder fails under the name that was typed", async () => {
  const cwd = `${scratch.root}/claude-site`;
  await scratch.type(["init", cwd, "--runtime", "claude", "-q"]);
  const failed: VerbAnswer = {
    result: "failed",
    identity: "claude-claude-site" as never,
    cause: "launch-failed",
    detail: "claude is not found",
    next: "install it",
  };
  scratch.answer = () => failed;
  const { err } = await scratch.type(["claude"], { cwd });
  expect(err).toStartWith("iapeer: claude claude-claude-site: failed (launch-failed)\n");
});

test("an answer's next step is for the same root", async () => {
  const detail = "stopped; nothing wakes it until: iapeer start echo";
  scratch.answer = () => ({ result: "done", identity: "command-echo" as never, detail });
  const { out } = await scratch.type(["stop", "echo", "--root", "/a b"]);
  expect(out).toBe(
    "command-echo: stopped; nothing wakes it until: iapeer --root '/a b' start echo\n",
  );
});

test("native-memory says whose runtimes have none", async () => {
  const one = await scratch.type(["native-memory", "off", "--peer", "echo"]);
  expect(one.out).toBe("echo has no runtime with a memory of its own\n");
  const all = await scratch.type(["native-memory", "off", "--all"]);
  expect(all.out).toBe("no peer here has a runtime with a memory of its own\n");
});
