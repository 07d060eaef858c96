// Messages to a peer that takes none for long: they wait for one another, and not for ever.

import { describe, expect, test } from "bun:test";
import { VERB_TIMEOUT_MS } from "../../src/core/api.ts";
import { AGENT } from "../fakes/runtime.ts";
import { hanging } from "./hanging.ts";
import { Scene } from "./scene.ts";

const MESSAGE = { message: "hello" };

test("a message for which nobody waits any more is not typed", async () => {
  const scene = await Scene.of({ peers: { ann: { default_runtime: AGENT } } });
  await scene.ask("ann", "wake");
  const { tmux } = scene.manned.host;
  const capture = tmux.capture.bind(tmux);
  const screen = { isBusy: true };
  tmux.capture = (...of) =>
    screen.isBusy ? Promise.resolve({ state: "answered", text: "no prompt" }) : capture(...of);
  // Twenty seconds each.
  const all = Array.from({ length: 60 }, () => scene.begin("ann", "wake", MESSAGE));
  await scene.pass(VERB_TIMEOUT_MS + 30_000);
  screen.isBusy = false;
  const late = scene.begin("ann", "wake", MESSAGE);
  await scene.pass(10_000);
  expect(all.map(({ answer }) => answer).includes(null)).toBe(false);
  expect(all.at(-1)?.answer).toMatchObject({
    result: "already-alive",
    delivered: "not-delivered",
    delivery_detail: "others were before it for too long",
  });
  expect(late.answer).toMatchObject({ delivered: "delivered" });
});

test("a message to a launch that does not get ready has its line", async () => {
  const { scene } = await hanging();
  const first = scene.begin("ann", "wake", MESSAGE);
  await scene.pass(2000);
  scene.begin("ann", "wake", MESSAGE);
  scene.begin("ann", "wake");
  await scene.pass(10_000);
  expect(first.answer).toMatchObject({ result: "failed", cause: "not-ready" });
  const told = scene.events("delivery").map(({ fields }) => fields["state"]);
  expect(told).toEqual(["not-delivered", "not-delivered"]);
});

test("so has what came with a launch that ended before it was ready", async () => {
  const { scene } = await hanging();
  scene.begin("ann", "wake", MESSAGE);
  await scene.pass(2000);
  scene.kill(scene.server("ann").pane.process);
  await scene.pass(3000);
  expect(scene.events("delivery")).toMatchObject([{ fields: { state: "not-delivered" } }]);
});

describe("what was said to a session is typed into no other one", () => {
  /** What was typed, and whether into the first session. */
  async function renewedWhile(isTyping: boolean) {
    const scene = await Scene.of({ peers: { ann: { default_runtime: AGENT } } });
    await scene.ask("ann", "wake");
    const { tmux } = scene.manned.host;
    const { process: first, socket, identity } = scene.server("ann");
    const isFirst = () => scene.world.tmux.at(socket)?.process === first;
    const capture = tmux.capture.bind(tmux);
    const paste = tmux.paste.bind(tmux);
    const keys = tmux.keys.bind(tmux);
    const typed: string[] = [];
    const note = (what: string) => void typed.push(`${what} ${isFirst() ? "there" : "elsewhere"}`);
    const captured = capture(socket, identity);
    await scene.pass(100);
    const still = await captured;
    // Nothing is seen to move in the first one: each message waits for a while.
    const shown = isTyping ? still : ({ state: "answered", text: "no prompt" } as const);
    tmux.capture = (...of) =>
      isFirst() ? Promise.resolve(shown) : capture(...of);
    tmux.paste = (spec) => (note("paste"), paste(spec));
    tmux.keys = (...of) => (note("keys"), keys(...of));
    const messages = [scene.begin("ann", "wake", MESSAGE), scene.begin("ann", "wake", MESSAGE)];
    await scene.pass(1000);
    await scene.ask("ann", "new");
    await scene.pass(60_000);
    return { typed, told: messages.map(({ answer }) => answer) };
  }

  test("not by those that waited for it", async () => {
    const { typed, told } = await renewedWhile(false);
    expect(typed).toEqual([]);
    const ended = { delivered: "not-delivered", delivery_detail: "it ended before that" };
    expect(told).toMatchObject([ended, ended]);
  });

  test("nor the Enter of one that is in it", async () => {
    const { typed, told } = await renewedWhile(true);
    expect(typed).toEqual(["paste there"]);
    expect(told).toMatchObject([{ delivered: "unconfirmed" }, { delivered: "not-delivered" }]);
  });
});
