// Messages to a peer that takes none for long: they wait for one another, and not for ever.

import { expect, test } from "bun:test";
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
