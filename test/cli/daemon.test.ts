// The spawned program beside a real daemon and real tmux servers: the life of a peer by verbs,
// following, Ctrl-C, and the daemon's own end.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Program, type Running, until } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();
let daemon: Running;

beforeAll(async () => {
  daemon = await program.startDaemon();
  for (const name of ["echo", "parrot"]) {
    const made = await program.run(["create", name, "--", "/bin/cat"]);
    expect(made).toMatchObject({ code: 0 });
  }
}, SLOW_MS);
afterAll(() => program.close(), SLOW_MS);

const stateOf = async (name: string): Promise<string> => {
  const { out } = await program.run(["show", name, "--json"]);
  return JSON.parse(out).runtimes[0].state;
};

describe("the life of a peer", () => {
  test(
    "wake, look, interrupt, new, stop, start",
    async () => {
      const woke = await program.run(["wake", "echo", "--message", "hello there"]);
      expect(woke).toMatchObject({ code: 0 });
      expect(woke.out).toStartWith("woke command-echo (fresh, first-wake) in ");
      const again = await program.run(["wake", "echo", "--json"]);
      expect(JSON.parse(again.out)).toMatchObject({
        schema: "iapeer.answer.v1",
        result: "already-alive",
      });
      expect((await program.run(["live-runtime", "echo"])).out).toBe("command\n");
      expect((await program.run(["list"])).out).toMatch(/^echo {4}command {2}alive/m);
      expect((await program.run(["why", "echo"])).out).toStartWith("command-echo: alive\n");
      await until("what it printed", async () => {
        return (await program.run(["logs", "echo"])).out.includes("hello there");
      });
      const renamed = await program.run(["rename", "echo", "mimic"]);
      expect(renamed).toMatchObject({ code: 1 });
      expect(renamed.err).toContain("next: iapeer stop echo");
      const renewed = await program.run(["new", "echo"]);
      expect(renewed.out).toStartWith("woke command-echo (fresh, new) in ");
      expect(await program.run(["stop", "echo"])).toMatchObject({ code: 0 });
      expect(await stateOf("echo")).toBe("stopped");
      const refused = await program.run(["wake", "echo"]);
      expect(refused).toMatchObject({ code: 1, out: "" });
      expect(refused.err).toStartWith("iapeer: wake command-echo: refused (stopped)\n");
      expect(await program.run(["start", "echo"])).toMatchObject({ code: 0 });
      expect(await stateOf("echo")).toBe("alive");
    },
    SLOW_MS,
  );

  test(
    "exits holds one record a life, and --json is NDJSON",
    async () => {
      const { code, out } = await program.run(["exits", "echo", "--json"]);
      expect(code).toBe(0);
      const ends = out.trimEnd().split("\n").map((line) => JSON.parse(line));
      expect(ends.map(({ ev, reason }) => [ev, reason])).toEqual([
        ["teardown", "new"],
        ["teardown", "stop"],
      ]);
      expect((await program.run(["exits"])).out).toContain("command-echo  teardown  stop");
    },
    SLOW_MS,
  );

  test(
    "status and daemon status",
    async () => {
      expect(await program.run(["status"])).toMatchObject({ code: 0, err: "" });
      const { code, out } = await program.run(["daemon", "status", "--json"]);
      expect(code).toBe(0);
      const schema = "iapeer.daemon.v1";
      expect(JSON.parse(out)).toMatchObject({ schema, state: "running", config: "none" });
      const second = await program.run(["daemon", "run"]);
      expect(second.code).toBe(1);
      expect(second.err).toContain("next: iapeer daemon status");
    },
    SLOW_MS,
  );
});

describe("following", () => {
  test(
    "events -f prints what happens, as it happens, until Ctrl-C",
    async () => {
      const events = program.start(["events", "-f", "--peer", "parrot", "--json"]);
      expect(await program.run(["wake", "parrot"])).toMatchObject({ code: 0 });
      await until("the wake", () => events.out.includes('"ev":"wake"'));
      expect(await program.run(["stop", "parrot"])).toMatchObject({ code: 0 });
      await until("its end", () => events.out.includes('"log":"exits"'));
      events.signal("SIGINT");
      const { code, out, err } = await events.done();
      expect({ code, err }).toEqual({ code: 0, err: "" });
      for (const line of out.trimEnd().split("\n")) {
        expect(JSON.parse(line)).toMatchObject({ schema: "iapeer.event.v1" });
        expect(line).toContain("parrot");
      }
    },
    SLOW_MS,
  );

  test(
    "logs -f prints on, until Ctrl-C",
    async () => {
      const logs = program.start(["logs", "echo", "-f", "-n", "0"]);
      await until("a message to arrive", async () => {
        await program.run(["wake", "echo", "-m", "one more"]);
        return logs.out.includes("one more");
      });
      logs.signal("SIGINT");
      expect(await logs.done()).toMatchObject({ code: 0, err: "" });
    },
    SLOW_MS,
  );

  test(
    "Ctrl-C ends the waiting for a wake, and says that the daemon goes on",
    async () => {
      const created = ["create", "slow", "--ready", "never printed", "--", "/bin/cat"];
      expect(await program.run(created)).toMatchObject({ code: 0 });
      const waking = program.start(["wake", "slow"]);
      await until("the notice", () => waking.err.includes("wake slow…"));
      waking.signal("SIGINT");
      const { code, out, err } = await waking.done();
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toBe(
        "wake slow…\niapeer: stopped waiting for wake slow\n" +
          "  why: the daemon was asked, and goes on with it\n" +
          "  next: iapeer why slow\n",
      );
    },
    SLOW_MS,
  );
});

test(
  "daemon stop ends the daemon; sessions live on, and can be attached and stopped without it",
  async () => {
    const { code, out } = await program.run(["daemon", "stop"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^the daemon \(pid \d+\) has ended; sessions live on\n$/);
    expect(await daemon.done()).toMatchObject({ code: 0 });
    expect((await program.run(["daemon", "status"])).code).toBe(1);
    expect(await stateOf("echo")).toBe("alive");
    expect(await program.run(["stop", "echo"])).toMatchObject({ code: 0 });
    expect(await stateOf("echo")).toBe("stopped");
  },
  SLOW_MS,
);
