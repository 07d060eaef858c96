// `interrupt` is for the turn that runs when it is asked for: its key is pressed again while that
// turn is seen to run, and never to one that has stopped.

import { expect, test } from "bun:test";
import { identityOf, type Personality } from "../../src/core/names.ts";
import { AGENT } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

type Shown = (pressed: number) => string;

/** In place of a screen: tmux gives no answer. */
const HIDDEN = "";

/** Whose screen shows what `after` says of how often a key was pressed. */
async function showing(after: Shown, turn: Shown = () => "a turn") {
  const scene = await Scene.of({ peers: { ann: { default_runtime: AGENT } } });
  await scene.ask("ann", "wake");
  const { runtimes, tmux } = scene.manned.host;
  const keys: string[] = [];
  const runtime = runtimes.get(AGENT);
  if (runtime === undefined) throw new Error("no agent");
  runtime.lastTurn = () => turn(keys.length);
  tmux.capture = () => {
    const text = after(keys.length);
    const hidden = { state: "unknown", detail: "no answer" } as const;
    return Promise.resolve(text === HIDDEN ? hidden : { state: "answered", text });
  };
  tmux.keys = (_socket, _identity, pressed) => {
    keys.push(...pressed);
    return Promise.resolve({ state: "answered", text: "" });
  };
  const asked = scene.begin("ann", "interrupt");
  await scene.pass(10_000);
  return { scene, answer: asked.answer, keys };
}

test.each(["ready", "dialog", "wait"])("one key for a screen of %s", async (screen) => {
  const { answer, keys } = await showing(() => screen);
  expect(answer).toMatchObject({ result: "done", detail: "interrupted" });
  expect(keys).toEqual(["Escape"]);
});

test.each([1, 2])("a turn that ends at key %d gets no further one", async (ends) => {
  const { answer, keys } = await showing((pressed) => (pressed < ends ? "busy" : "ready"));
  expect(answer).toMatchObject({ result: "done", detail: "interrupted" });
  expect(keys.length).toBe(ends);
});

test("what a waiting message has begun meanwhile is not interrupted", async () => {
  const turn = (pressed: number) => (pressed === 0 ? "the one" : "the next");
  const { answer, keys } = await showing(() => "busy", turn);
  expect(answer).toMatchObject({ result: "done", detail: "interrupted" });
  expect(keys).toEqual(["Escape"]);
});

test("an agent that works on is told as one", async () => {
  const { answer, keys } = await showing(() => "busy");
  const detail = "asked to give up its turn, and still seen at work";
  expect(answer).toMatchObject({ result: "done", detail });
  expect(keys).toEqual(["Escape", "Escape", "Escape"]);
});

test.each([0, 1])("one that is not seen after key %d is not told as stopped", async (key) => {
  const { answer, keys } = await showing((pressed) => (pressed < key ? "busy" : HIDDEN));
  const detail = "asked to give up its turn, and not seen since";
  expect(answer).toMatchObject({ result: "done", detail });
  expect(keys).toEqual(["Escape"]);
});

test("an agent that was just interrupted and is free gets no second key at once", async () => {
  const { scene, keys } = await showing(() => "ready");
  const again = async () => {
    const asked = scene.begin("ann", "interrupt");
    await scene.pass(500);
    expect(asked.answer).toMatchObject({ result: "done", detail: "interrupted" });
  };
  await again();
  await again();
  expect(keys).toEqual(["Escape", "Escape"]);
  await scene.pass(3000);
  await again();
  expect(keys.length).toBe(3);
});

test("whoever asks meanwhile shares the key", async () => {
  let screen = "ready";
  const { scene, keys } = await showing(() => screen);
  screen = "busy";
  const both = [1, 2].map(() => scene.begin("ann", "interrupt"));
  await scene.pass(100);
  screen = "ready";
  await scene.pass(500);
  for (const { answer } of both) expect(answer).toMatchObject({ detail: "interrupted" });
  expect(keys).toEqual(["Escape", "Escape"]);
});

test("one that stopped at a second key gets none soon after that", async () => {
  const isFree = (pressed: number) => pressed === 0 || pressed >= 3;
  const { scene, keys } = await showing((pressed) => (isFree(pressed) ? "ready" : "busy"));
  const first = scene.begin("ann", "interrupt");
  await scene.pass(2200);
  expect(first.answer).toMatchObject({ detail: "interrupted" });
  expect(keys.length).toBe(3);
  const again = scene.begin("ann", "interrupt");
  await scene.pass(500);
  expect(again.answer).toMatchObject({ detail: "interrupted" });
  expect(keys.length).toBe(3);
});

test("one that was just interrupted, and looks free while it writes, gets its key", async () => {
  const { scene, keys } = await showing(() => "ready");
  const { host } = scene.manned;
  const agent = host.runtimes.get(AGENT);
  if (agent === undefined) throw new Error("no agent");
  for (const pressed of [2, 3]) {
    const asked = scene.begin("ann", "interrupt");
    await scene.pass(500);
    expect(asked.answer).toMatchObject({ result: "done", detail: "interrupted" });
    expect(keys.length).toBe(pressed);
    const identity = identityOf(AGENT, "ann" as Personality);
    void scene.world.files.append(host.layout.paneLog(identity), "some words");
    agent.turnRuns = () => keys.length === pressed;
  }
});
