// The reading verbs: their forms (CLI contract, "Fixed forms"), and data that would act on a
// terminal.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { likeliest } from "../../src/cli/verbs/welcome.ts";
import { worstFirst } from "../../src/cli/verbs/top.ts";
import type { PeerRow } from "../../src/core/snapshot.ts";
import type { PeerState } from "../../src/core/states.ts";
import { Scratch } from "./fake-app.ts";

const HOSTILE = "a\u001b]0;title\u0007\nb\u202ec";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  scratch.answer = () => ({ result: "done", identity: "command-echo" as never, detail: "" });
  const create = ["create", "echo", "-r", "command", "--description", HOSTILE, "--", "/bin/cat"];
  expect(await scratch.type(create)).toMatchObject({ code: 0 });
});
afterEach(() => scratch.remove());

const inState = (state: PeerState) => (row: PeerRow) => ({
  ...row,
  runtimes: row.runtimes.map((presence) => ({ ...presence, state })),
});

/** What a terminal would act on, line ends excepted. */
const raw = /(?!\n)[\p{Cc}\u202a-\u202e]/u;

describe("create", () => {
  test("says plainly that an agent's guards are off, even when quiet", async () => {
    const { code, out, err } = await scratch.type(["create", "agent", "-q"]);
    expect({ code, out }).toEqual({
      code: 0,
      out: `created agent (claude) in ${scratch.root}/peers/agent\n`,
    });
    const [missing, bypass] = err.split("\n");
    expect(missing).toStartWith("warning: agent is not found in the PATH here: before agent can ");
    expect(bypass).toBe("warning: agents run without asking");
  });

  test("keeps every word of the argv, and every trait", async () => {
    const traits = ["--cwd", "w", "--always-on", "--wake-policy", "ephemeral", "--env", "A=b=c"];
    const interfaces = ["--interface", 'telegram={"chat":1}', "--interface", "mail=a b"];
    const argv = ["--ready", "^ok$", "--", "env", "--help", "-x", "--", "a b"];
    const { out } = await scratch.type(
      ["create", "busy", "--json", "--initial-prompt=-hi"].concat(traits, interfaces, argv),
    );
    expect(JSON.parse(out)).toMatchObject({
      schema: "iapeer.peer.v1",
      state: "created",
      peer: {
        personality: "busy",
        cwd: `${scratch.root}/w`,
        always_on: true,
        wake_policy: "ephemeral",
        initial_prompt: "-hi",
        interfaces: { telegram: { chat: 1 }, mail: "a b" },
        command: { argv: ["env", "--help", "-x", "--", "a b"], ready: "^ok$" },
      },
    });
  });
});

describe("list", () => {
  test("--json is exactly the contract's form", async () => {
    const { code, out, err } = await scratch.type(["list", "--json"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toEqual({
      schema: "iapeer.list.v1",
      peers: [
        {
          personality: "echo",
          description: HOSTILE,
          intelligence: "absent",
          cwd: `${scratch.root}/peers/echo`,
          default_runtime: "command",
          runtimes: [
            {
              runtime: "command",
              identity: "command-echo",
              state: "asleep",
              since: null,
              attached: 0,
            },
          ],
        },
      ],
    });
  });

  test("is an aligned table for people, and data never acts on their terminal", async () => {
    const { out } = await scratch.type(["list"]);
    expect(out).toBe(
      "NAME  RUNTIME  STATE   SINCE  IDLE  DESCRIPTION\n" +
        "echo  command  asleep  -      -     a\\x1b]0;title\\x07\\nb\\u202ec\n",
    );
  });

  test("works without the daemon, and says that it does", async () => {
    scratch.answer = undefined;
    const { code, out, err } = await scratch.type(["list"]);
    expect({ code, err }).toEqual({
      code: 0,
      err: "the daemon is not running: iapeer daemon start\n",
    });
    expect(out).toContain("echo");
  });

  test("tells a daemon that does not answer from one that does not run", async () => {
    scratch.silent = true;
    const { code, err } = await scratch.type(["list"]);
    expect({ code, err }).toEqual({
      code: 0,
      err: "the daemon does not answer (it hangs\\x1b): iapeer daemon restart\n",
    });
  });

  test("--state says when nobody is in it", async () => {
    const { code, out, err } = await scratch.type(["list", "--state", "alive"]);
    expect({ code, out, err }).toEqual({ code: 0, out: "", err: "no peer is alive\n" });
  });

  test("--state narrows", async () => {
    expect((await scratch.type(["list", "--state", "alive", "--json"])).out).toBe(
      '{"schema":"iapeer.list.v1","peers":[]}\n',
    );
  });
});

describe("show", () => {
  test("asks all that it asks at once: a daemon that is silent is waited for once", async () => {
    const both = Promise.withResolvers<void>();
    let asked = 0;
    scratch.before = () => {
      asked += 1;
      if (asked === 2) both.resolve();
      return both.promise;
    };
    scratch.silent = true;
    const { code, err } = await scratch.type(["show", "echo"]);
    expect({ code, err }).toEqual({
      code: 0,
      err: "the daemon does not answer (it hangs\\x1b): iapeer daemon restart\n",
    });
  });

  test("--json adds profile, ends, decisions and queue to the peer's row", async () => {
    const document = JSON.parse((await scratch.type(["show", "echo", "--json"])).out);
    expect(document).toMatchObject({
      schema: "iapeer.show.v1",
      personality: "echo",
      runtimes: [{ identity: "command-echo" }],
      profile: { personality: "echo", command: { argv: ["/bin/cat"] } },
      ends: [],
      decisions: [],
      queue: [],
    });
    expect(document.profile.cwd).toBeUndefined();
  });

  test("never sends raw data to a terminal", async () => {
    const { code, out } = await scratch.type(["show", "echo"]);
    expect(code).toBe(0);
    expect(out).not.toMatch(raw);
    expect(out).toContain("a\\x1b]0;title");
  });
});

describe("status, top and the bare program", () => {
  test("status names what is wrong first, and fails on errors only", async () => {
    expect((await scratch.type(["status"])).code).toBe(0);
    scratch.observe = inState("crash-looped");
    const { code, out } = await scratch.type(["status"]);
    expect(code).toBe(1);
    expect(out).toStartWith("error  command-echo: died too often");
    scratch.observe = inState("unknown");
    expect((await scratch.type(["status"])).code).toBe(0);
    scratch.answer = undefined;
    const json = await scratch.type(["status", "--json"]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      schema: "iapeer.status.v1",
      peers: 1,
      states: { unknown: 1 },
      troubles: [{ code: "daemon-not-running" }, { code: "liveness-unknown" }],
    });
  });

  test("status says so when the registry cannot be used, and shows the rest", async () => {
    writeFileSync(`${scratch.root}/peers-profiles.json`, "{ half");
    const { code, out } = await scratch.type(["status"]);
    expect(code).toBe(1);
    expect(out).toStartWith("error  registry: it cannot be used, so peers may be missing here: ");
    expect(out).toContain("\nmemory  no memory provider\n");
  });

  test("a daemon that may only be busy is unknown, with what helps if it is not", async () => {
    scratch.daemon = { state: "unknown", pid: 7 };
    const next = "next: iapeer daemon restart, if it stays so\n";
    const { code, out } = await scratch.type(["status"]);
    expect(code).toBe(0);
    const summary = "unknown  daemon: pid 7 runs; its state cannot be told\n";
    expect(out).toStartWith(`${summary}       ${next}`);
    const told = await scratch.type(["daemon", "status"]);
    expect(told).toMatchObject({ code: 1, err: next });
    expect(told.out).toStartWith("daemon  unknown, pid 7\n");
  });

  test("top puts what needs a look first", async () => {
    const peer = (personality: string, state: PeerState) =>
      ({ personality, runtimes: [{ state }] }) as unknown as PeerRow;
    const up = [peer("c", "alive"), peer("b", "alive")];
    const peers = [peer("a", "asleep"), ...up, peer("d", "crash-looped")];
    expect(worstFirst(peers).map(({ personality }) => personality).join(" ")).toBe("d b c a");
    const { out } = await scratch.type(["top", "--once"]);
    expect(out).toContain("daemon  running, pid 4242\n");
    expect(out).not.toMatch(raw);
  });

  test("no verb on a terminal: a short status and three commands", async () => {
    const { code, out } = await scratch.type([], { tty: true });
    expect(code).toBe(0);
    expect(out.match(/^ {2}iapeer /gm)).toHaveLength(3);
  });

  test.each(["running", "not-running"] as const)("the three commands with a daemon %s", (state) => {
    const daemon = { schema: "iapeer.daemon.v1", state } as const;
    const empty = { schema: "iapeer.list.v1", peers: [] } as const;
    const none = { configTrouble: null, configWall: null, logTrouble: null, registryTrouble: null };
    const well = { snapshot: empty, memory: { state: "empty" }, ...none } as const;
    expect(likeliest({ ...well, daemon, isInstalled: false })).toHaveLength(3);
  });
});
