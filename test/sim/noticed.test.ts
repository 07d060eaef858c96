// An end that no watch tells of, and that is noticed by whoever only asks about the peer: the next
// pass looks into it, and does not wait for the peer's turn (daemon/rest).

import { expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { Scene } from "./scene.ts";

const ANN = "ann" as Personality;

/** Each looks at the peer's processes, and does nothing in a lane of it. */
const ASKERS: Readonly<Record<string, (scene: Scene) => unknown>> = {
  "a listing": ({ supervisor }) => supervisor.snapshot(),
  "a report": ({ supervisor }) => supervisor.why(ANN),
  "an interrupt": (scene) => scene.ask(ANN, "interrupt"),
};

/** A living peer that rests, and whose watches say that they have told, and never do. */
async function unheard(): Promise<Scene> {
  const scene = await Scene.of({ peers: { ann: {} } });
  const { watch } = scene.manned;
  const arm = watch.arm.bind(watch);
  watch.arm = (process) => arm(process, () => undefined);
  await scene.ask(ANN, "wake");
  await scene.pass(3 * scene.world.config.tickMs);
  scene.kill(scene.server(ANN).process);
  return scene;
}

test("an end that nobody has noticed waits for the peer's turn", async () => {
  const scene = await unheard();
  await scene.pass(2 * scene.world.config.tickMs);
  expect(scene.doc(ANN).deaths).toEqual([]);
});

test.each(Object.keys(ASKERS))("the next pass sees an end that %s has noticed", async (by) => {
  const scene = await unheard();
  await ASKERS[by]?.(scene);
  expect(scene.doc(ANN).deaths).toEqual([]);
  await scene.pass(scene.world.config.tickMs);
  expect(scene.doc(ANN).deaths).toHaveLength(1);
});
