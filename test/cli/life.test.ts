// The verbs about a peer's life: what is asked of whom, and what is told.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import type { VerbAnswer } from "../../src/core/api.ts";
import type { PeerRow } from "../../src/core/snapshot.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  for (const name of ["echo", "parrot"]) {
    const typed = ["create", name, "--runtime", "command", "-q", "--", "/bin/cat"];
    expect(await scratch.type(typed)).toMatchObject({ code: 0 });
  }
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

const alive = (row: PeerRow): PeerRow => ({
  ...row,
  runtimes: row.runtimes.map((presence) => ({
    ...presence,
    state: "alive",
    generation: "20260131T080000000Z-0001" as never,
  })),
});

describe("wake", () => {
  test("asks with everything that was typed, and tells what happened", async () => {
    scratch.answer = () => ({ ...woke, delivered: "delivered" }) as VerbAnswer;
    const typed = ["wake", "echo", "-r", "command", "-m", "$(hi)\n", "--topic", "t", "--fresh"];
    const { code, out, err } = await scratch.type(typed, { env: { PEER_IDENTITY: "claude-a" } });
    expect({ code, out, err }).toEqual({
      code: 0,
      out: "woke command-echo (fresh, first-wake) in 1.2s\nthe message was delivered\n",
      err: "",
    });
    expect(scratch.calls).toEqual([
      {
        personality: "echo" as never,
        verb: "wake",
        request: {
          from: "claude-a",
          runtime: "command",
          message: "$(hi)\n",
          topic: "t",
          mode: "fresh",
        },
      },
    ]);
  });

  test.each([
    ["- look at it"],
    ["--fresh"],
    ["--root=/elsewhere"],
    ["--help"],
    ["-1"],
    ["-"],
  ])("the word behind --topic is its value, also when it is %s", async (topic) => {
    scratch.answer = () => woke;
    const { code, err } = await scratch.type(["wake", "echo", "--topic", topic, "-m", topic], {
      stdin: topic,
    });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(scratch.calls[0]?.request).toEqual({ topic, message: topic });
    expect(scratch.roots.at(-1)).toBe(`${scratch.root}/.iapeer`);
  });

  test("reads the message from stdin, bounded", async () => {
    scratch.answer = () => woke;
    await scratch.type(["wake", "echo", "-m", "-"], { stdin: "from a pipe" });
    expect(scratch.calls[0]?.request).toEqual({ message: "from a pipe" });
    const stdin = "x".repeat(16_001);
    const long = await scratch.type(["wake", "echo", "-m", "-"], { stdin });
    expect(long).toMatchObject({
      code: 2,
      err:
        "iapeer: the message has 16001 characters; at most 16000 are allowed; " +
        "what is longer belongs in a " +
        "file that it names\n",
    });
    const topic = await scratch.type(["wake", "echo", "--topic", "x".repeat(201)]);
    expect(topic.code).toBe(2);
    expect(topic.err).toStartWith("iapeer: the topic has 201 characters; at most 200");
    expect(scratch.calls).toHaveLength(1);
  });

  test.each([
    ["already-alive", "delivered", 0],
    ["already-alive", "unconfirmed", 0],
    ["woke", "not-delivered", 1],
  ] as const)("%s with a message %s is exit %d", async (result, delivered, exit) => {
    scratch.answer = () => ({ ...woke, result, delivered }) as VerbAnswer;
    const { code, out } = await scratch.type(["wake", "echo", "-m", "x", "--json"]);
    expect(code).toBe(exit);
    expect(JSON.parse(out)).toMatchObject({ schema: "iapeer.answer.v1", result, delivered });
  });

  test("a refusal with --json is a document and exit 1", async () => {
    scratch.answer = () =>
      ({ result: "refused", identity: "command-echo", cause: "crash-loop", detail: "d" }) as never;
    const { code, out, err } = await scratch.type(["wake", "echo", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      schema: "iapeer.answer.v1",
      result: "refused",
      identity: "command-echo",
      cause: "crash-loop",
      detail: "d",
    });
    expect(err).toContain("refused (crash-loop)");
  });
});

describe("without a daemon", () => {
  test.each(["wake", "start", "new", "self-fresh"])("%s says how to start one", async (verb) => {
    const { code, err } = await scratch.type([verb, "echo"]);
    expect(code).toBe(1);
    expect(err).toContain("iapeer daemon run");
    expect(scratch.calls).toEqual([]);
  });

  test.each([
    ["stop", "stop", ["echo"]],
    ["refresh", "refresh", ["echo"]],
    ["remove", "remove", ["echo", "--yes"]],
    ["rename", "rename", ["echo", "mimic"]],
    ["self-done", "self-done", ["echo"]],
  ])("%s is done here", async (verb, asked, words) => {
    const { code } = await scratch.type([verb, ...words]);
    expect(code).toBe(0);
    expect(scratch.calls.map((call) => [call.personality as string, call.verb])).toEqual([
      ["echo", asked as never],
    ]);
  });
});

describe("attach", () => {
  const start = {
    version: 1,
    identity: "command-echo",
    generation: "20260131T080000000Z-0001",
    personality: "echo",
    runtime: "command",
    cwd: "/",
    argv: ["/bin/cat"],
    mode: "fresh",
    cause: "first-wake",
    startedWall: 1,
    bootId: "b",
    socket: "/a b/x.sock",
  };

  beforeEach(() => {
    const paths = scratch.host.layout.generation(
      start.identity as never,
      start.generation as never,
    );
    mkdirSync(paths.dir, { recursive: true });
    writeFileSync(paths.start, JSON.stringify(start), { mode: 0o600 });
  });

  const handed = [["tmux", "-u", "-S", "/a b/x.sock", "attach-session", "-t", "=command-echo"]];

  test("an alive peer is attached without the daemon", async () => {
    scratch.observe = alive;
    const { code } = await scratch.type(["attach", "echo"], { tty: true });
    expect({ code, handed: scratch.handedOver }).toEqual({ code: 0, handed });
    expect(scratch.calls).toEqual([]);
  });

  test("without tmux says what to install", async () => {
    scratch.observe = alive;
    const { code, err } = await scratch.type(["attach", "echo"], { tty: true, tmuxMissing: true });
    expect(code).toBe(1);
    expect(err).toMatch(/^iapeer: tmux cannot be started\n {2}why: tmux [^]*\n {2}next: install/);
  });

  test("a sleeping one is resumed first", async () => {
    scratch.answer = () => woke;
    const { code } = await scratch.type(["attach", "echo"], { tty: true });
    expect({ code, handed: scratch.handedOver }).toEqual({ code: 0, handed });
    expect(scratch.calls.map(({ verb }) => verb)).toEqual(["attach"]);
  });

  test("a folder launch attaches on a terminal, and only there", async () => {
    scratch.answer = () => woke;
    const cwd = `${scratch.root}/peers/echo`;
    const shown = await scratch.type(["command"], { cwd, tty: true });
    expect(shown.code).toBe(0);
    expect(scratch.handedOver).toEqual(handed);
    await scratch.type(["command"], { cwd });
    await scratch.type(["command", "--detach"], { cwd, tty: true });
    expect(scratch.handedOver).toHaveLength(1);
    expect(scratch.calls.map(({ verb }) => verb)).toEqual(Array(3).fill("folder-launch"));
  });

  test("a folder launch is waited for in words that a person knows", async () => {
    scratch.answer = () => woke;
    scratch.slow = true;
    const interrupted = AbortSignal.abort();
    const cwd = `${scratch.root}/peers/echo`;
    const { err } = await scratch.type(["command"], { cwd, interrupted });
    expect(err).toStartWith("iapeer: stopped waiting for a fresh start of echo\n");
  });

  test("a folder that is no peer's says how to make it one", async () => {
    const { code, err } = await scratch.type(["command"], { cwd: "/nowhere" });
    expect(code).toBe(2);
    expect(err).toBe(
      "iapeer: /nowhere is not the folder of a peer; " +
        "make it one: iapeer init --runtime command -- PROGRAM\n",
    );
    const inside = await scratch.type(["command"], { cwd: `${scratch.root}/peers/echo/sub` });
    expect(inside.err).toContain("it is inside the folder of echo");
    const other = await scratch.type(["claude"], { cwd: `${scratch.root}/peers/echo` });
    expect(other.err).toContain("next: iapeer add-runtime echo claude");
  });
});
