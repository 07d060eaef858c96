// `start --all`: every peer, and an exact account; `--runtime` with `--all`, of start and of stop.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { VerbAnswer, VerbCall } from "../../src/core/api.ts";
import { IapeerError } from "../../src/core/error.ts";
import { Scratch } from "./fake-app.ts";
import { Program, until } from "./program.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  for (const name of ["echo", "parrot", "wren"]) {
    const typed = ["create", name, "--runtime", "command", "-q", "--", "/bin/cat"];
    expect(await scratch.type(typed)).toMatchObject({ code: 0 });
  }
});
afterEach(() => scratch.remove());

const woke = ({ personality }: VerbCall): VerbAnswer => ({
  result: "woke",
  identity: `command-${personality}` as never,
  generation: "20260101T000000000Z-aaaa" as never,
  mode: "fresh",
  cause: "operator" as never,
  ms: 5,
});

const looped = ({ personality }: VerbCall): VerbAnswer => ({
  result: "refused",
  identity: `command-${personality}` as never,
  cause: "crash-looped",
  detail: "3 deaths",
  next: `iapeer new ${personality}`,
});

const alive = ({ personality }: VerbCall): VerbAnswer => ({
  result: "already-alive",
  identity: `command-${personality}` as never,
  generation: "20260101T000000000Z-aaaa" as never,
});

const ALL = ["start", "--all"];

describe("start --all", () => {
  test("asks for each peer", async () => {
    scratch.answer = woke;
    const { code, out, err } = await scratch.type(ALL);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: "started 3 of 3 peers\n",
      err: "echo: started\nparrot: started\nwren: started\n",
    });
    expect(scratch.calls.map(({ verb, personality }) => `${verb} ${personality}`)).toEqual([
      "start echo",
      "start parrot",
      "start wren",
    ]);
  });

  test.each([
    [["echo"]],
    [["echo", "wren"]],
  ])("says who of %j is still stopped in another runtime", async (names) => {
    scratch.answer = woke;
    for (const name of names) await scratch.type(["add-runtime", name, "claude"]);
    scratch.observe = (row) => ({
      ...row,
      runtimes: row.runtimes.map((one) => ({ ...one, state: "stopped" })),
    });
    const told = (who: string, next: string) => `${who} still stopped in claude; next: ${next}\n`;
    const one = told("echo is", "iapeer start echo -r claude");
    const all = names.length === 1 ? one : told("2 peers are", "iapeer start --all -r claude");
    expect((await scratch.type(ALL)).err).toEndWith(`wren: started\n${all}`);
    expect((await scratch.type(["start", "echo"])).err).toBe(one);
    expect((await scratch.type(["start", "parrot"])).err).toBe("");
    expect((await scratch.type(["start", "echo", "-r", "claude"])).err).toBe("");
  });

  test("one that is refused is told of, with what to do, and keeps nobody else", async () => {
    scratch.answer = (call) => (String(call.personality) === "parrot" ? looped(call) : woke(call));
    const { code, out, err } = await scratch.type(ALL);
    expect({ code, out }).toEqual({ code: 1, out: "started 2 of 3 peers\n" });
    const told = "parrot: refused: crash-looped: 3 deaths; next: iapeer new parrot\n";
    expect(err).toContain(told);
    const onTty = await scratch.type(ALL, { tty: true });
    expect(onTty.err).toEndWith(told);
    expect(onTty.err).not.toContain("echo:");
  });

  test("who was alive before is no newly started one, and all are up", async () => {
    scratch.answer = (call) => (String(call.personality) === "echo" ? woke(call) : alive(call));
    expect(await scratch.type(ALL)).toEqual({
      code: 0,
      out: "started 1, 2 were alive already, of 3 peers\n",
      err: "echo: started\nparrot: already alive\nwren: already alive\n",
    });
    const { out } = await scratch.type([...ALL, "--json"]);
    expect(JSON.parse(out)).toMatchObject({ peers: 3, started: 1, already_alive: 2 });
  });

  test("one that was alive, one that came up, and one that did not", async () => {
    const each = new Map([["echo", alive], ["parrot", looped]]);
    scratch.answer = (call) => (each.get(String(call.personality)) ?? woke)(call);
    const { code, out } = await scratch.type(ALL);
    const told = "started 1, 1 was alive already, of 3 peers\n";
    expect({ code, out }).toEqual({ code: 1, out: told });
  });

  test("--json: the account of each, in the order of their names", async () => {
    scratch.answer = (call) => (String(call.personality) === "echo" ? looped(call) : woke(call));
    const { code, out } = await scratch.type([...ALL, "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      schema: "iapeer.start-all.v1",
      peers: 3,
      started: 2,
      already_alive: 0,
      answers: [{ cause: "crash-looped" }, { result: "woke" }, { identity: "command-wren" }],
    });
    expect((await scratch.type(["start", "--help"])).out).toContain("iapeer.start-all.v1");
  });

  test("no daemon: said once, as of one peer, and nobody is asked", async () => {
    const { code, out, err } = await scratch.type(ALL);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.match(/the daemon is not running/g)).toHaveLength(1);
    expect(scratch.calls).toEqual([]);
  });

  test("a daemon that goes in between: an account, and what to do", async () => {
    scratch.answer = (call) => {
      scratch.answer = undefined;
      return woke(call);
    };
    const { code, out, err } = await scratch.type(ALL);
    expect({ code, out }).toEqual({ code: 1, out: "started 1 of 3 peers\n" });
    expect(err).toContain("parrot: failed: no-daemon");
    expect(err).toContain("warning: ");
    expect(err).toContain("iapeer daemon start");
  });

  test("one about whom the daemon fails keeps nobody else", async () => {
    scratch.answer = (call) => {
      if (String(call.personality) !== "echo") return woke(call);
      const next = "iapeer daemon status";
      throw new IapeerError({ code: "daemon-unclear", what: "it did not say", next });
    };
    const { code, out, err } = await scratch.type(ALL);
    expect({ code, out }).toEqual({ code: 1, out: "started 2 of 3 peers\n" });
    const told = "failed: daemon-unclear: it did not say; next: iapeer daemon status\n";
    expect(err).toContain(`echo: ${told}`);
  });

  test("Ctrl-C: no further peer is asked for", async () => {
    scratch.answer = woke;
    const { code, out } = await scratch.type(ALL, { interrupted: AbortSignal.abort() });
    expect({ code, out }).toEqual({ code: 1, out: "started 0 of 3 peers\n" });
    expect(scratch.calls).toEqual([]);
  });

  test("Ctrl-C: whoever was asked for is told of, since the daemon goes on with it", async () => {
    const ctrlC = new AbortController();
    scratch.answer = woke;
    scratch.slow = true;
    const typed = scratch.type(ALL, { interrupted: ctrlC.signal });
    await until("all to be asked for", () => scratch.calls.length === 3);
    ctrlC.abort();
    const { code, out, err } = await typed;
    expect({ code, out }).toEqual({ code: 1, out: "started 0 of 3 peers\n" });
    const goesOn = "stopped waiting for start wren: the daemon was asked, and goes on with it";
    expect(err).toContain(`wren: failed: interrupted: ${goesOn}; next: iapeer why wren\n`);
  });

  test("a peer and --all contradict each other; neither is a mistake as well", async () => {
    expect((await scratch.type(["start", "echo", "--all"])).err).toContain("not both");
    expect((await scratch.type(["start"])).err).toContain("start needs <peer> or --all");
  });
});

describe("--all with --runtime", () => {
  beforeEach(async () => {
    scratch.answer = (call) =>
      call.verb === "start"
        ? woke(call)
        : { result: "done", identity: "command-echo" as never, detail: "stopped" };
    expect(await scratch.type(["add-runtime", "echo", "codex"])).toMatchObject({ code: 0 });
  });

  test.each([[["start", "--all"]], [["stop", "--all", "--yes"]]])(
    "%j: only that runtime, and only whoever has it",
    async (words) => {
      const { code, out } = await scratch.type([...words, "--runtime", "codex"]);
      expect(code).toBe(0);
      expect(out).toMatch(/^(?:started|stopped) 1 of 1 peer\n$/);
      const asked = scratch.calls.map(({ personality, request }) => [personality, request]);
      expect(asked).toEqual([["echo", { runtime: "codex" }]] as never);
    },
  );

  test("the preview of a stop says so", async () => {
    const words = ["stop", "--all", "--runtime", "codex", "--preview"];
    expect((await scratch.type(words)).out).toBe("would stop echo, its codex alone\n");
  });

  test.each([[["start", "--all"]], [["stop", "--all", "--yes"]]])(
    "%j: a runtime that nobody has is a mistake",
    async (words) => {
      const { code, err } = await scratch.type([...words, "--runtime", "clade"]);
      expect(code).toBe(2);
      expect(err).toContain("no peer has the runtime clade");
      expect(scratch.calls).toEqual([]);
    },
  );
});

test("for real: stop --all, then start --all, and they live again", async () => {
  const program = new Program();
  try {
    const names = ["a", "b", "c", "d", "e"];
    for (const name of names) await program.run(["create", name, "--", "/bin/cat"]);
    await program.startDaemon();
    expect((await program.run(["start", "--all"])).out).toBe("started 5 of 5 peers\n");
    expect((await program.run(["stop", "--all", "--yes"])).out).toBe("stopped 5 of 5 peers\n");
    expect((await program.run(["start", "--all"])).out).toBe("started 5 of 5 peers\n");
    const { out } = await program.run(["list", "--json"]);
    const { peers } = JSON.parse(out) as { peers: { runtimes: { state: string }[] }[] };
    const states = peers.map(({ runtimes: [first] }) => first?.state);
    expect(states).toEqual(names.map(() => "alive"));
  } finally {
    await program.close();
  }
}, 60_000);
