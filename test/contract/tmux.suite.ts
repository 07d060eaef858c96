// What every Tmux does (ports/tmux.ts). One server a socket; nothing here is told by a fake alone.

import { describe, expect, test } from "bun:test";

import type { Identity } from "../../src/core/names.ts";
import type { NewSessionOutcome, NewSessionSpec, Tmux } from "../../src/ports/tmux.ts";

export interface TmuxUnderTest extends AsyncDisposable {
  readonly tmux: Tmux;
  /** A session whose program shows what it is given; its conf stamps `stamp`. */
  readonly spec: NewSessionSpec;
  readonly stamp: string;
  /** A path with something else than a socket. */
  readonly folder: string;
  /** Of the session's own pane, by its conf. */
  readonly log: { isThere(): boolean; remove(): void };
  /** Lets time pass until the work has settled. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>;
  /** Kills a process, and waits until it is gone. */
  readonly kill: (pid: number) => Promise<void>;
  /** Lets time pass until this holds. */
  readonly until: (holds: () => Promise<boolean>) => Promise<void>;
}

type Up = Extract<NewSessionOutcome, { state: "up" }>;

const NOBODY = "command-nobody" as Identity;

export function tmuxSuite(name: string, factory: () => TmuxUnderTest): void {
  describe(`tmux: ${name}`, () => {
    describe("a new session", () => sessionTests(factory));
    describe("a socket", () => socketTests(factory));
    describe("input and screen", () => inputTests(factory));
  });
}

async function up(made: TmuxUnderTest, more: Partial<NewSessionSpec> = {}): Promise<Up> {
  const outcome = await made.settle(made.tmux.newSession({ ...made.spec, ...more }));
  if (outcome.state === "failed") throw new Error(outcome.detail);
  return outcome;
}

const ask = (made: TmuxUnderTest, format: string, identity = made.spec.identity) =>
  made.settle(made.tmux.query(made.spec.socket, identity, format));

function sessionTests(factory: () => TmuxUnderTest): void {
  test("the program has a version", async () => {
    await using made = factory();
    expect(await made.settle(made.tmux.version())).toMatchObject({ state: "ok" });
  });

  test("has a server and a pane of its own, and tells who started it", async () => {
    await using made = factory();
    const clients: number[] = [];
    const session = await up(made, { onClient: ({ pid }) => clients.push(pid) });
    expect(clients).toHaveLength(1);
    expect(new Set([session.serverPid, session.panePid, ...clients]).size).toBe(3);
    expect(session.canary).toBeUndefined();
    expect(await ask(made, "#{pid}")).toEqual({
      state: "answered",
      text: String(session.serverPid),
    });
    expect(await ask(made, "#{pane_pid}")).toMatchObject({ text: String(session.panePid) });
  });

  test("carries its generation's stamp", async () => {
    await using made = factory();
    const { serverPid } = await up(made);
    expect(await ask(made, "#{@iapeer_generation} #{pid}")).toEqual({
      state: "answered",
      text: `${made.stamp} ${serverPid}`,
    });
  });

  test("nobody is attached", async () => {
    await using made = factory();
    await up(made);
    expect(await ask(made, "#{session_attached}")).toEqual({ state: "answered", text: "0" });
  });

  test("a second one on the same socket is refused, and harms nothing", async () => {
    await using made = factory();
    const { serverPid } = await up(made);
    const second = await made.settle(made.tmux.newSession(made.spec));
    expect(second).toMatchObject({ state: "failed", reason: "refused" });
    expect(await ask(made, "#{pid}")).toMatchObject({ text: String(serverPid) });
  });

  test("a path that is no socket is refused", async () => {
    await using made = factory();
    const spec = { ...made.spec, socket: made.folder };
    const outcome = await made.settle(made.tmux.newSession(spec));
    expect(outcome).toMatchObject({ state: "failed", reason: "refused" });
  });

  test("a server that was killed leaves a path that a new one may take", async () => {
    await using made = factory();
    const first = await up(made);
    await made.kill(first.serverPid);
    // A child that it had just forked holds its socket until it has become another program.
    await made.until(async () => made.tmux.probe(made.spec.socket) === "refused");
    const second = await up(made);
    expect(second.serverPid).not.toBe(first.serverPid);
    expect(await ask(made, "#{pid}")).toMatchObject({ text: String(second.serverPid) });
  });
}

function socketTests(factory: () => TmuxUnderTest): void {
  test("missing, answering, refused", async () => {
    await using made = factory();
    const { tmux, spec } = made;
    expect(tmux.probe(spec.socket)).toBe("missing");
    expect(tmux.listener(spec.socket)).toBeNull();
    const { serverPid } = await up(made);
    if (process.platform === "linux") expect(tmux.listener(spec.socket)).toBe(serverPid);
    expect(tmux.probe(spec.socket)).toBe("answers");
    await made.kill(serverPid);
    // A child that the server was just starting may hold the socket for a moment longer.
    await made.until(async () => tmux.probe(spec.socket) === "refused");
  });

  test("something else in its place", async () => {
    await using made = factory();
    expect(made.tmux.probe(made.folder)).toBe("not-a-socket");
  });

  test("nobody answers on a missing one, nor after a kill", async () => {
    await using made = factory();
    const { tmux, spec } = made;
    const { socket, identity } = spec;
    const calls = () => [
      tmux.query(socket, identity, "#{pid}"),
      tmux.capture(socket, identity),
      tmux.keys(socket, identity, ["Enter"]),
      tmux.paste({ socket, identity, text: "x" }),
      tmux.openLog(socket, identity),
      tmux.signalChannel(socket, "c"),
    ];
    const all = async () => made.settle(Promise.all(calls()));
    expect(new Set((await all()).map(({ state }) => state))).toEqual(new Set(["no-server"]));
    const { serverPid } = await up(made);
    await made.kill(serverPid);
    expect(new Set((await all()).map(({ state }) => state))).toEqual(new Set(["no-server"]));
  });

  test("a server without this session knows nothing about it", async () => {
    await using made = factory();
    const { tmux, spec } = made;
    await up(made);
    for (const outcome of [
      await ask(made, "#{pid}", NOBODY),
      // No prefix of a name is the name.
      await ask(made, "#{pid}", made.spec.identity.slice(0, -1) as Identity),
      await made.settle(tmux.capture(spec.socket, NOBODY)),
      await made.settle(tmux.keys(spec.socket, NOBODY, ["Enter"])),
      await made.settle(tmux.openLog(spec.socket, NOBODY)),
      await made.settle(tmux.paste({ socket: spec.socket, identity: NOBODY, text: "x" })),
    ]) {
      expect(outcome.state).toBe("unknown");
    }
  });

  test("a channel may be signalled with nobody waiting", async () => {
    await using made = factory();
    await up(made);
    const outcome = await made.settle(made.tmux.signalChannel(made.spec.socket, "iap-canary-x"));
    expect(outcome.state).toBe("answered");
  });
}

function inputTests(factory: () => TmuxUnderTest): void {
  const shows = async (made: TmuxUnderTest, text: string): Promise<boolean> => {
    const { socket, identity } = made.spec;
    const shot = await made.tmux.capture(socket, identity);
    return shot.state === "answered" && shot.text.includes(text);
  };

  test("what is pasted is shown, and nothing is pressed", async () => {
    await using made = factory();
    await up(made);
    const { socket, identity } = made.spec;
    const pasted = made.tmux.paste({ socket, identity, text: "hello; $(there) #{pid}" });
    expect((await made.settle(pasted)).state).toBe("answered");
    await made.until(() => shows(made, "hello; $(there) #{pid}"));
    expect((await made.settle(made.tmux.keys(socket, identity, ["Enter"]))).state).toBe("answered");
  });

  test("a log that was removed is there again, once it is opened", async () => {
    await using made = factory();
    await up(made);
    const { socket, identity } = made.spec;
    made.log.remove();
    expect((await made.settle(made.tmux.openLog(socket, identity))).state).toBe("answered");
    await made.until(() => Promise.resolve(made.log.isThere()));
    const output = await ask(made, "#{pane_pipe} #{window_activity}");
    expect(output.state === "answered" && output.text.trim()).toMatch(/^1 \d{10}$/);
  });

  test("a dead pane takes neither", async () => {
    await using made = factory();
    const { panePid } = await up(made);
    const { socket, identity } = made.spec;
    await made.kill(panePid);
    await made.until(async () => {
      const pane = await made.tmux.query(socket, identity, "#{pane_dead}");
      return pane.state === "answered" && pane.text === "1";
    });
    const pasted = await made.settle(made.tmux.paste({ socket, identity, text: "x" }));
    const pressed = await made.settle(made.tmux.keys(socket, identity, ["Enter"]));
    const opened = await made.settle(made.tmux.openLog(socket, identity));
    const states = [pasted, pressed, opened].map(({ state }) => state);
    expect(states).toEqual(["unknown", "unknown", "unknown"]);
  });
}
