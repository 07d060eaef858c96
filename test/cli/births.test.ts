// Bringing peers into being as a newcomer types it (CLI contract): a mistyped path is told, and
// every next step can be typed as it stands.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { must } from "../flows/root-host.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  must(prepareRoot(scratch.host));
  scratch.answer = scratch.directAnswer;
});
afterEach(() => scratch.remove());

test("init says which folder it made, and how the peer is woken", async () => {
  const there = `${scratch.root}/there`;
  mkdirSync(there);
  const typed = ["-r", "command", "--", "/bin/cat"];
  const known = await scratch.type(["init", there, ...typed]);
  expect(known).toMatchObject({ code: 0, err: "next: iapeer wake there\n" });
  const made = await scratch.type(["init", "nope", ...typed]);
  expect(made.err).toBe(`made the folder ${scratch.root}/nope\nnext: iapeer wake nope\n`);
});

test("create says so too of a folder that --cwd names, and of those above it", async () => {
  const typed = ["--cwd", "typo/of/mine", "--", "/bin/cat"];
  const { err } = await scratch.type(["create", "echo", ...typed]);
  const said = `made the folder ${scratch.root}/typo/of/mine, and all from ${scratch.root}/typo on`;
  expect(err).toBe(`${said}\nnext: iapeer wake echo\n`);
  mkdirSync(`${scratch.root}/there`);
  const there = await scratch.type(["create", "bell", "--cwd", "there", "--", "/bin/cat"]);
  expect(there.err).toBe("next: iapeer wake bell\n");
});

test("an empty program: the hint is about no other peer", async () => {
  await scratch.type(["create", "echo", "--", "/bin/cat"]);
  const { code, err } = await scratch.type(["create", "x", "--", ""]);
  const next = "name a program behind --: -- /bin/cat";
  expect({ code, err }).toEqual({ code: 2, err: `iapeer: the command is empty; ${next}\n` });
});

test("without a daemon that works the next step is to have one", async () => {
  const next = async (name: string, ...more: readonly string[]) =>
    (await scratch.type(["create", name, ...more, "--", "/bin/cat"])).err.split("\n").at(-2);
  scratch.answer = undefined;
  expect(await next("one")).toBe("next: iapeer daemon start, then: iapeer wake one");
  expect(await next("two", "--always-on")).toBe("next: iapeer daemon start");
  scratch.daemon = { state: "stale", pid: 4242 };
  expect(await next("three")).toBe("next: iapeer daemon restart, then: iapeer wake three");
  const { err } = await scratch.type(["create", "four", "--", "/bin/cat"]);
  expect(err).toStartWith("the daemon (pid 4242) does not do its work now\n");
});

test("init names no option that it does not have", async () => {
  writeFileSync(`${scratch.root}/file`, "");
  const file = await scratch.type(["init", "file"]);
  expect(file.err).toBe(
    `iapeer: ${scratch.root}/file cannot be a peer's folder\n` +
      "  why: it is not a folder\n" +
      "  next: iapeer init <another folder>\n",
  );
  const numbered = await scratch.type(["init", "42"]);
  expect(numbered).toEqual({
    code: 2,
    out: "",
    err:
      'iapeer: "42" does not start with a letter, as a name does; ' +
      `iapeer create <name> --cwd ${scratch.root}/42\n`,
  });
});

test("a command peer without a program", async () => {
  const { code, err } = await scratch.type(["create", "x", "--runtime", "command"]);
  expect({ code, err }).toEqual({
    code: 2,
    err:
      "iapeer: nothing says what x is to run; " +
      "iapeer create x --runtime command -- PROGRAM [words]\n",
  });
});

test("rename to the name of another peer, or to its own", async () => {
  for (const name of ["echo", "bell"]) {
    await scratch.type(["create", name, "-r", "command", "--", "/bin/cat"]);
  }
  const taken = await scratch.type(["rename", "echo", "bell"]);
  expect(taken).toEqual({
    code: 1,
    out: "",
    err:
      "iapeer: there is a peer bell already\n" +
      `  why: its folder is ${scratch.root}/peers/bell\n` +
      "  next: choose another name, or: iapeer remove bell\n",
  });
  expect(scratch.calls).toEqual([]);
  expect((await scratch.type(["rename", "echo", "echo"])).code).toBe(0);
});

test("the help says what a peer runs when nothing was said", async () => {
  const help = (await scratch.type(["create", "--help"])).out;
  expect(help).toContain("(default: command when a program follows --, else claude)");
  const agent = await scratch.type(["create", "agent", "--json"]);
  expect(JSON.parse(agent.out).peer.default_runtime).toBe("claude");
  const cat = await scratch.type(["create", "cat", "--json", "--", "/bin/cat"]);
  expect(JSON.parse(cat.out).peer.default_runtime).toBe("command");
});

const NEXT = "next: install /not/there, then: iapeer wake ghost\n";
const ghost = (...more: readonly string[]) =>
  scratch.type(["create", "ghost", ...more, "--", "/not/there"]);

test("a program that is not there: one warning, and a next step that begins with it", async () => {
  const { code, err } = await ghost();
  expect(code).toBe(0);
  expect(err).toMatch(/^warning: \/not\/there is no program here: before ghost can start, .*\n/);
  expect(err.split("\n").slice(1).join("\n")).toBe(NEXT);
});

test("of one that is always on the daemon has looked too: its warning is the one", async () => {
  const failed = { result: "failed", identity: "command-ghost", detail: "there is none" };
  scratch.answer = () => ({ ...failed, cause: "launch-failed", next: "install it" }) as never;
  const { err } = await ghost("--always-on");
  expect(err.match(/^warning: .*$/gm)).toEqual([
    "warning: it is not up yet: there is none; next: install it",
  ]);
  expect(err).toEndWith(NEXT);
});

test("one that the daemon has found is not said to be missing", async () => {
  scratch.answer = () => ({ result: "woke", identity: "command-ghost" }) as never;
  const { out, err } = await ghost("--always-on");
  expect(out).toContain("the daemon holds it: it is up");
  expect(err).not.toContain("warning:");
});
