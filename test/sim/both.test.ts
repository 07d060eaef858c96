// A peer that is ephemeral and always on (decision 0005): ended as ephemeral peers are, and begun
// afresh at once, which is no death and what `why` has said.

import { expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { Scene } from "./scene.ts";

const BOTH = { wake_policy: "ephemeral", always_on: true } as const;

test("after its task it is ended, and up again, fresh and without a pause", async () => {
  const scene = await Scene.of({ peers: { worker: BOTH } });
  const { config } = scene.world;
  await scene.pass(config.tickMs);
  const [first] = scene.ends("worker");
  expect(first).toBeNull();
  const nextOf = () => JSON.stringify(scene.supervisor.why("worker" as Personality));
  expect(nextOf()).toContain("ended and, being always on, begun afresh in");
  expect(await scene.ask("worker", "self-done")).toMatchObject({ result: "done" });
  await scene.pass(config.ephemeralQuietMs + config.tickMs);
  const [ended, now, ...more] = scene.ends("worker");
  expect(ended).toMatchObject({ ev: "teardown", reason: "ephemeral-done" });
  expect([now, more]).toEqual([null, []]);
  expect(scene.doc("worker")).toMatchObject({ deaths: [], restart: { notBeforeWall: null } });
});

test("the backstop ends it too, and it waits afresh", async () => {
  const scene = await Scene.of({ peers: { worker: BOTH } });
  const { config } = scene.world;
  await scene.pass(config.ephemeralUnarmedIdleMs + 2 * config.tickMs);
  const ends = scene.ends("worker");
  expect(ends[0]).toMatchObject({ ev: "teardown", reason: "ephemeral-backstop" });
  expect(ends.at(-1)).toBeNull();
});
