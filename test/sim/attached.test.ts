// What a person is told of a peer that somebody is attached to, the same by `why` as in a listing;
// and that it is left alone.

import { expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { Scene } from "./scene.ts";

const said = (scene: Scene) => scene.supervisor.why("echo" as Personality).presences[0];

test("why promises no park under a human, before its time and after", async () => {
  const scene = await Scene.of({ peers: { echo: {} }, config: { idleMs: 600_000 } });
  await scene.ask("echo", "wake");
  scene.world.tmux.attach(scene.server("echo"), 1);
  expect(scene.supervisor.snapshot().peers[0]?.runtimes[0]).toMatchObject({ attached: 1 });
  expect(said(scene)?.because).toEndWith(", and a terminal is attached.");
  expect(said(scene)?.next).toBe(
    "It is parked once nobody is attached, in 10 min at the earliest, unless it works.",
  );
  await scene.pass(700_000);
  expect(said(scene)?.because).toEndWith("it is not reaped under a human.");
  expect(said(scene)?.next).toBe("It is parked once nobody is attached.");
  scene.world.tmux.attach(scene.server("echo"), 0);
  expect(said(scene)?.next).toBe("It is reaped now, unless a human is attached.");
});

test("whoever attaches while tmux is asked for something else keeps the peer up", async () => {
  const scene = await Scene.of({ peers: { echo: {} }, config: { idleMs: 600_000 } });
  await scene.ask("echo", "wake");
  const { tmux } = scene.manned.host;
  const query = tmux.query.bind(tmux);
  tmux.query = async (...asked) => {
    const answer = await query(...asked);
    if (!asked[2].includes("attached")) scene.world.tmux.attach(scene.server("echo"), 1);
    return answer;
  };
  await scene.pass(700_000);
  expect(scene.supervisor.snapshot().peers[0]?.runtimes[0]).toMatchObject({
    state: "alive",
    attached: 1,
  });
});
