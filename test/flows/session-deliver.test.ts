// A message and whom it must not reach (lifecycle §7): nothing is typed into a dialog, where an
// Enter would answer it, nor into whatever has come up since where the session was that was meant.

import { expect, test } from "bun:test";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { deliver } from "../../src/flows/session/deliver.ts";
import type { Runtime } from "../../src/ports/runtime.ts";
import { agentRuntime, plainRuntime, type Conversations } from "../fakes/runtime.ts";
import { SessionPlace } from "./session-place.ts";

interface Stage {
  readonly place: SessionPlace;
  readonly conversations: Conversations;
  readonly peer: RegistryEntry;
  screen: string;
  /** `paste` and each key, in order. */
  readonly typed: string[];
  onTyped: (what: string) => void;
  onLook: () => void;
}

function staged(): Stage {
  const place = new SessionPlace();
  const { personality, cwd } = place.start;
  const peer = { personality, cwd } as RegistryEntry;
  const stage: Stage = {
    place,
    peer,
    conversations: new Map(),
    screen: "ready 0",
    typed: [],
    onTyped: () => undefined,
    onLook: () => undefined,
  };
  const { tmux } = place.host;
  tmux.capture = () => {
    stage.onLook();
    return Promise.resolve({ state: "answered", text: stage.screen });
  };
  const type = (what: string) => {
    stage.typed.push(what);
    stage.onTyped(what);
    return Promise.resolve({ state: "answered", text: "" } as const);
  };
  tmux.paste = () => type("paste");
  tmux.keys = (_socket, _identity, keys) => type(keys.join(" "));
  return stage;
}

function send(stage: Stage, { fresh = true, runtime = null as Runtime | null } = {}) {
  const { place, peer, conversations } = stage;
  const { start } = place;
  const of = { start, peer, runtime: runtime ?? agentRuntime(conversations) };
  return place.settle(deliver(place.host, { ...of, text: "hello", launchEnv: {}, fresh }));
}

const die = ({ place }: Stage) => place.kill(place.server.process);

test("one that shows a dialog for ever gets nothing", async () => {
  const stage = staged();
  stage.screen = "dialog";
  expect(await send(stage, { fresh: false })).toMatchObject({ state: "not-delivered" });
  expect(stage.typed).toEqual([]);
});

test.each(["ready 0", "busy"])("one that ends meanwhile gets nothing; then: %p", async (then) => {
  const stage = staged();
  stage.screen = "busy";
  stage.place.world.time.schedule(500, () => die(stage));
  // Of another one, at the same socket.
  stage.place.world.time.schedule(510, () => void (stage.screen = then));
  expect(await send(stage, { fresh: false })).toMatchObject({ detail: "it ended before that" });
  expect(stage.typed).toEqual([]);
});

test("one that ends after its Enter gets no other, though another is free", async () => {
  const stage = staged();
  stage.onTyped = (what) => {
    stage.screen = "ready 1";
    if (what === "Enter") stage.place.world.time.schedule(700, () => die(stage));
  };
  const detail = "it ended before its turn was seen to begin";
  expect(await send(stage)).toEqual({ state: "unconfirmed", detail });
  expect(stage.typed).toEqual(["paste", "Enter"]);
});

test("nor does one that ends at the last look before", async () => {
  const stage = staged();
  const { table } = stage.place.world;
  stage.onLook = () => table.exit(stage.place.server.process, { signal: 9 });
  expect(await send(stage)).toMatchObject({ detail: "it ended before that" });
  expect(stage.typed).toEqual([]);
});

test("what could not be pasted is not entered", async () => {
  const stage = staged();
  stage.place.host.tmux.paste = () => Promise.resolve({ state: "unknown", detail: "no answer" });
  expect(await send(stage)).toEqual({ state: "not-delivered", detail: "no answer" });
  expect(stage.typed).toEqual([]);
});

test("a dialog that comes over what was pasted is not answered by its Enter", async () => {
  const stage = staged();
  stage.onTyped = () => void (stage.screen = "dialog");
  expect(await send(stage)).toMatchObject({ state: "unconfirmed" });
  expect(stage.typed).toEqual(["paste"]);
});

test("one that takes a while over its Enter gets no second one", async () => {
  const stage = staged();
  stage.onTyped = (what) => {
    if (what === "paste") stage.screen = "ready 1";
    else stage.place.world.time.schedule(800, () => void (stage.screen = "busy"));
  };
  expect(await send(stage)).toMatchObject({ state: "delivered" });
  expect(stage.typed).toEqual(["paste", "Enter"]);
});

test("a turn that is over before anybody looks is told by its transcript", async () => {
  const stage = staged();
  stage.onTyped = (what) => {
    if (what === "paste") stage.screen = "ready 1";
    else stage.conversations.set(stage.peer.cwd, { ref: "r", lastActiveWall: 1, turns: [] });
  };
  expect(await send(stage)).toMatchObject({ state: "delivered" });
  expect(stage.typed).toEqual(["paste", "Enter"]);
});

test.each([
  ["prints", "delivered"],
  ["prints nothing", "unconfirmed"],
])("a program that %s: %p, after one Enter", async (how, state) => {
  const stage = staged();
  const { files, layout } = stage.place.world;
  const log = layout.paneLog(stage.place.start.identity);
  files.makeFolder(layout.panesDir);
  files.append(log, "before\n");
  stage.onTyped = (what) => {
    if (what === "paste") stage.screen = "> hello";
    else if (how === "prints") files.append(log, "hello\n");
  };
  expect(await send(stage, { runtime: plainRuntime() })).toMatchObject({ state });
  expect(stage.typed).toEqual(["paste", "Enter"]);
});

/** Somebody's draft stands at the prompt: `C-s` puts it aside, and `C-y` a part of it back. */
function drafted() {
  const stage = staged();
  stage.screen = "ready draft";
  const typed = (text: string) => /draft.*/.exec(text)?.[0] ?? "";
  const draft = { typed, keys: ["C-s"], back: ["C-y"] };
  const runtime = { ...agentRuntime(stage.conversations), draft };
  return { stage, sent: () => send(stage, { runtime }) };
}

const ended = { state: "not-delivered", detail: "it ended before that" } as const;

test("one that ends before its draft is put aside gets no key", async () => {
  const { stage, sent } = drafted();
  const { table } = stage.place.world;
  stage.onLook = () => table.exit(stage.place.server.process, { signal: 9 });
  expect(await sent()).toEqual(ended);
  expect(stage.typed).toEqual([]);
});

test("one that ends after that gets nothing back, whatever its successor shows", async () => {
  const { stage, sent } = drafted();
  stage.onTyped = () => {
    stage.screen = "ready draft of another";
    stage.place.world.table.exit(stage.place.server.process, { signal: 9 });
  };
  expect(await sent()).toEqual(ended);
  expect(stage.typed).toEqual(["C-s"]);
});

test("one whose draft went, and whose prompt is not free, gets no message", async () => {
  const { stage, sent } = drafted();
  stage.onTyped = () => void (stage.screen = "wait");
  const detail = "its screen shows no free composer";
  expect(await sent()).toEqual({ state: "not-delivered", detail });
  expect(stage.typed).toEqual(["C-s"]);
});

test("one whose prompt cannot be looked at gets nothing", async () => {
  const { stage, sent } = drafted();
  const detail = "its tmux server gives no answer";
  stage.place.host.tmux.capture = () => Promise.resolve({ state: "unknown", detail });
  expect(await sent()).toEqual({ state: "not-delivered", detail });
  expect(stage.typed).toEqual([]);
});
