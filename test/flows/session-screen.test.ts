// Keys that are typed into a screen (lifecycle §7): a dialog is answered once and not for ever,
// and no Enter for a message is pressed into one.

import { describe, expect, test } from "bun:test";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { deliver } from "../../src/flows/session/deliver.ts";
import { waitReady } from "../../src/flows/session/ready.ts";
import type { Runtime } from "../../src/ports/runtime.ts";
import { AGENT, agentRuntime } from "../fakes/runtime.ts";
import { SessionPlace } from "./session-place.ts";

/** A place whose screen shows what it is told, and the keys that were pressed. */
function staged() {
  const place = new SessionPlace();
  const stage = { screen: "dialog", pressed: 0, onPress: () => undefined as void };
  const { tmux } = place.host;
  tmux.capture = () => Promise.resolve({ state: "answered", text: stage.screen });
  tmux.keys = () => {
    stage.pressed += 1;
    stage.onPress();
    return Promise.resolve({ state: "answered", text: "" });
  };
  const { personality, cwd } = place.start;
  const peer: RegistryEntry = {
    personality,
    runtimes: [AGENT],
    default_runtime: AGENT,
    description: "",
    intelligence: "artificial",
    wake_policy: "warm",
    always_on: false,
    interfaces: {},
    cwd,
  };
  const session = { start: place.start, runtime: agentRuntime(new Map()), peer };
  return { place, stage, session };
}

type Staged = ReturnType<typeof staged>;

describe("a first-run dialog", () => {
  const wait = ({ place, session }: Staged) =>
    place.settle(waitReady(place.host, { ...session, rule: { by: "screen" } }));

  test("that is slow to go is answered once", async () => {
    const at = staged();
    at.place.world.time.schedule(2500, () => void (at.stage.screen = "ready"));
    expect(await wait(at)).toEqual({ state: "ready" });
    expect(at.stage.pressed).toBe(1);
  });

  test("that lost its answer gets another", async () => {
    const at = staged();
    at.stage.onPress = () => {
      if (at.stage.pressed === 2) at.stage.screen = "ready";
    };
    expect(await wait(at)).toEqual({ state: "ready" });
  });

  test("that does not go away is not answered for ever", async () => {
    const at = staged();
    expect(await wait(at)).toMatchObject({ state: "not-ready" });
    expect(at.stage.pressed).toBeGreaterThan(1);
    expect(at.stage.pressed).toBeLessThanOrEqual(12);
  });
});

describe("Enter for a message", () => {
  const send = async (at: Staged) => {
    const { place, session, stage } = at;
    stage.screen = "ready 0";
    place.host.tmux.paste = () => {
      stage.screen = "ready 1";
      return Promise.resolve({ state: "answered", text: "" });
    };
    const spec = { ...session, text: "hello", launchEnv: {}, fresh: true };
    return place.settle(deliver(place.host, spec));
  };

  test("that no server takes is said to be lost with it", async () => {
    const at = staged();
    at.place.host.tmux.keys = () => Promise.resolve({ state: "no-server" });
    const detail = "its tmux server is gone";
    expect(await send(at)).toEqual({ state: "unconfirmed", detail });
  });

  test("is not pressed again when a dialog came up", async () => {
    const at = staged();
    at.stage.onPress = () => void (at.stage.screen = "dialog");
    expect(await send(at)).toMatchObject({ state: "unconfirmed" });
    expect(at.stage.pressed).toBe(1);
  });

  test("is pressed again while the prompt stays free", async () => {
    const at = staged();
    at.stage.onPress = () => void (at.stage.screen = at.stage.pressed < 3 ? "ready 1" : "busy");
    expect(await send(at)).toMatchObject({ state: "delivered" });
    expect(at.stage.pressed).toBe(3);
  });
});

describe("what stands at the prompt", () => {
  /** `shown`: the screen after so many of its keys. Keys and pastes, in order. */
  const sendBehind = async (shown: readonly string[], screen = "ready draft") => {
    const at = staged();
    const { place, session, stage } = at;
    const done: string[] = [];
    stage.screen = screen;
    place.host.tmux.keys = (_socket, _identity, keys) => {
      done.push(...keys);
      if (keys[0] === "C-s") stage.screen = shown[done.length - 1] ?? stage.screen;
      if (keys[0] === "C-y") stage.screen = screen;
      if (keys[0] === "Enter") stage.screen = "busy";
      return Promise.resolve({ state: "answered", text: "" });
    };
    place.host.tmux.paste = ({ text }) => {
      done.push(text);
      return Promise.resolve({ state: "answered", text: "" });
    };
    const typed = (text: string) => /draft.*/.exec(text)?.[0] ?? "";
    const draft = { typed, keys: ["C-s"], back: ["C-y"] };
    const runtime = { ...session.runtime, draft };
    const spec = { ...session, runtime, text: "hello", launchEnv: {}, fresh: false };
    return { said: await place.settle(deliver(place.host, spec)), done };
  };

  test("is put aside before a message is pasted", async () => {
    const { said, done } = await sendBehind(["ready"]);
    expect(said).toMatchObject({ state: "delivered" });
    expect(done).toEqual(["C-s", "hello", "Enter"]);
  });

  test("is put aside by a further key, should one get lost", async () => {
    const { said, done } = await sendBehind(["ready draft", "ready"]);
    expect(said).toMatchObject({ state: "delivered" });
    expect(done).toEqual(["C-s", "C-s", "hello", "Enter"]);
  });

  const detail = "what somebody typed stands in its composer";

  test("keeps a message out if it stays, after some keys", async () => {
    const { said, done } = await sendBehind([]);
    expect(said).toEqual({ state: "not-delivered", detail });
    expect(done).toEqual(["C-s", "C-s", "C-s"]);
  });

  test("and if a part of it stays, to which the rest is put back", async () => {
    const { said, done } = await sendBehind(["ready draft's rest"]);
    expect(said).toEqual({ state: "not-delivered", detail });
    expect(done).toEqual(["C-s", "C-y"]);
  });

  test("of a free prompt no such key is pressed", async () => {
    const { done } = await sendBehind([], "ready");
    expect(done).toEqual(["hello", "Enter"]);
  });
});

describe("an agent that looks free while it writes its answer", () => {
  /** One that prints until `quietAtMs`, and whose turn is written to end at `endAtMs`. */
  const sendTo = async ({ quietAtMs = 0, endAtMs = Infinity, pasted = "busy" }) => {
    const at = staged();
    const { place, session, stage } = at;
    const { host, world } = place;
    const begunMs = host.clock.mono();
    const sinceMs = () => host.clock.mono() - begunMs;
    const print = () => void world.files.append(host.layout.paneLog(session.start.identity), "w ");
    host.files.makeFolder(host.layout.panesDir);
    print();
    for (let ms = 500; ms <= quietAtMs; ms += 500) world.time.schedule(ms, print);
    stage.screen = "ready";
    let pastedMs: number | null = null;
    host.tmux.paste = () => {
      pastedMs = sinceMs();
      stage.screen = pasted;
      print();
      return Promise.resolve({ state: "answered", text: "" });
    };
    const asked: number[] = [];
    const turnRuns: Runtime["turnRuns"] = (_peer, _env, sinceWall) => {
      asked.push(sinceWall);
      return sinceMs() < endAtMs;
    };
    const runtime = { ...session.runtime, turnRuns };
    const spec = { ...session, runtime, text: "hello", launchEnv: {}, fresh: false };
    const said = await place.settle(deliver(host, spec));
    expect(new Set(asked)).toEqual(new Set([session.start.startedWall]));
    return { said, pastedMs: pastedMs ?? -1 };
  };

  test("gets its message once the turn has ended", async () => {
    const { said, pastedMs } = await sendTo({ quietAtMs: 8000, endAtMs: 5000 });
    expect(said).toMatchObject({ state: "delivered" });
    expect(pastedMs).toBeGreaterThanOrEqual(5000);
    expect(pastedMs).toBeLessThan(6000);
  });

  test("gets none if it writes on, and the sender is told", async () => {
    const { said, pastedMs } = await sendTo({ quietAtMs: 40_000 });
    expect(said).toEqual({ state: "not-delivered", detail: "it is at work" });
    expect(pastedMs).toBe(-1);
  });

  test("is not kept waiting for by an end that nobody has written", async () => {
    const { said, pastedMs } = await sendTo({ quietAtMs: 2000 });
    expect(said).toMatchObject({ state: "delivered" });
    expect(pastedMs).toBeGreaterThan(11_000);
  });

  test("nor is that turn taken for the one of the message, which is itself printed", async () => {
    const { said } = await sendTo({ quietAtMs: 2000, pasted: "ready" });
    expect(said).toMatchObject({ state: "unconfirmed" });
  });
});
