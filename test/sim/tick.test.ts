// The periodic pass (lifecycle §4): one identity's trouble is nobody else's, and what accumulates
// has a bound.

import { expect, test } from "bun:test";
import { AGENT } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

test("an adapter that throws keeps nobody from being supervised", async () => {
  const scene = await Scene.of({
    peers: { ann: { default_runtime: AGENT }, zed: {} },
    watch: "broken",
  });
  for (const name of ["ann", "zed"]) await scene.ask(name, "wake");
  const runtime = scene.world.runtimes.get(AGENT);
  if (runtime === undefined) throw new Error("no agent");
  runtime.lastActivity = () => {
    throw new Error("a transcript like no other");
  };
  scene.kill(scene.server("zed").process);
  const beat = () => scene.world.files.read(scene.world.layout.heartbeat);
  const before = beat();
  await scene.pass(2 * scene.world.config.tickMs);
  expect(scene.doc("zed").deaths).toHaveLength(1);
  expect(beat()).not.toEqual(before);
  expect(scene.events("bug")[0]?.fields).toMatchObject({ about: `${AGENT}-ann` });
});
