// The spawned program beside a real daemon and real tmux servers: the life of a peer by verbs,
// following, Ctrl-C, and a real terminal.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { MAIN, Program, type Running, until } from "./program.ts";

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
      expect((await program.run(["new", "echo"])).out).toStartWith("woke command-echo (fresh, new)");
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
      expect(JSON.parse(out)).toMatchObject({ schema: "iapeer.daemon.v1", state: "running" });
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

describe("on a real terminal", () => {
  const socket = join(program.home, "t.sock");
  const tmux = (...words: string[]) =>
    Bun.spawnSync(["tmux", "-u", "-f", "/dev/null", "-S", socket, ...words], {
      env: {
        ...process.env,
        TMUX: "",
        HOME: program.home,
        IAPEER_ROOT: program.root,
        LANG: "C.UTF-8",
      },
    }).stdout.toString();
  const screen = () => tmux("capture-pane", "-p", "-t", "t");
  const type = (line: string) => tmux("send-keys", "-t", "t", line, "Enter");
  const until2 = (what: string, text: string | RegExp) =>
    until(`${what} on the screen`, () => screen().match(text) !== null);

  beforeAll(() => {
    tmux("new-session", "-d", "-s", "t", "-x", "100", "-y", "30", "env", "PS1=$ ", "sh");
    type(`iapeer() { '${process.execPath}' '${MAIN}' "$@"; }`);
  });
  afterAll(async () => {
    const pid = Number(tmux("display-message", "-p", "#{pid}"));
    tmux("kill-server");
    await until("the terminal's end", () => {
      try {
        return pid > 0 && !process.kill(pid, 0);
      } catch {
        return true;
      }
    });
  });

  test(
    "top draws in place, goes on, and leaves the screen as it was at q",
    async () => {
      type("clear; iapeer top --every 200ms; echo left=$?");
      await until2("the table", /^echo +command +alive/m);
      expect(await program.run(["stop", "echo"])).toMatchObject({ code: 0 });
      await until2("the change", /^echo +command +stopped/m);
      expect(screen().match(/^echo /gm)).toHaveLength(1);
      tmux("send-keys", "-t", "t", "q");
      await until2("the end", /^left=0/m);
      expect(screen()).not.toContain("NAME");
    },
    SLOW_MS,
  );

  test(
    "attach hands the terminal over and takes it back",
    async () => {
      expect(await program.run(["start", "echo"])).toMatchObject({ code: 0 });
      type("clear; iapeer attach echo; echo detached=$?");
      await until("the client", async () => {
        const { out } = await program.run(["show", "echo", "--json"]);
        return JSON.parse(out).runtimes[0].attached === 1;
      });
      type("typed by hand");
      await until("what was typed", async () => {
        return (await program.run(["logs", "echo"])).out.includes("typed by hand");
      });
      tmux("send-keys", "-t", "t", "C-b", "d");
      await until2("the prompt", /^detached=0/m);
    },
    SLOW_MS,
  );

  test(
    "the bare program shows where things stand and three commands, in colour",
    async () => {
      type("clear; iapeer");
      await until2("the commands", /iapeer --help/);
      expect(screen().match(/^ {2}iapeer /gm)).toHaveLength(3);
      expect(tmux("capture-pane", "-p", "-e", "-t", "t")).toMatch(/\[32m\d alive/);
      type("clear; NO_COLOR=1 iapeer status");
      await until2("the status", /^daemon {2}running/m);
      expect(tmux("capture-pane", "-p", "-e", "-t", "t")).not.toContain("\u001b[3");
    },
    SLOW_MS,
  );

  test(
    "a question is asked, and no leaves everything as it was",
    async () => {
      type("clear; iapeer remove parrot; echo said=$?");
      await until2("the question", /Go on\? \[y\/N\]/);
      type("n");
      await until2("the answer", /^said=1/m);
      expect(await stateOf("parrot")).toBe("stopped");
      type("clear; iapeer remove parrot; echo said=$?");
      await until2("the question", /Go on\? \[y\/N\]/);
      type("y");
      await until2("the answer", /^said=0/m);
      expect((await program.run(["show", "parrot"])).code).toBe(2);
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
