// Launches that come to nothing: settled at once, backed off from and told of, and no deaths of a
// peer that never lived (lifecycle §4).

import { expect, test } from "bun:test";
import { peerLayout } from "../../src/core/layout.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

const HELD: Partial<RegistryEntry> = { always_on: true };

/** How long after its predecessor each launch of it failed, in whole seconds. */
function pauses(scene: Scene, name: string): readonly number[] {
  const times = scene.ends(name).map((end) => Date.parse(end?.ts ?? ""));
  return times.slice(1).map((time, index) => Math.round((time - (times[index] ?? 0)) / 1000));
}

test("a failed restart is settled at once, and the next one backs off", async () => {
  const scene = await Scene.of({ peers: { bell: HELD }, noProgram: true });
  await scene.pass(5000);
  expect(pauses(scene, "bell").slice(0, 2)).toEqual([1, 2]);
  expect(scene.doc("bell").restart.attempts).toBeGreaterThan(2);
});

test("a launch that nothing could be prepared for backs off too", async () => {
  const scene = await Scene.of({ peers: { bell: HELD } });
  await scene.pass(2000);
  const { pane, process } = scene.server("bell");
  const path = peerLayout(pane.cwd).launchEnv(PLAIN);
  scene.world.files.makeFolder(path.slice(0, path.lastIndexOf("/")));
  scene.world.files.writeAtomic(path, "no assignment\n");
  scene.kill(process);
  await scene.pass(10_000);
  const failed = scene.events("wake").filter(({ fields }) => fields["cause"] === "launch-env");
  expect(failed.map(({ fields }) => fields["mode"])).toEqual(["failed", "failed", "failed"]);
  scene.world.files.remove(path);
  await scene.pass(10_000);
  expect(scene.server("bell").process.state).toBe("running");
});

test("a launch that took long to fail was no life in health", async () => {
  const scene = await Scene.of({ peers: { bell: HELD } });
  scene.kill(scene.server("bell").process);
  scene.world.faults.launchDelayMs = 30_000;
  await scene.pass(25_000);
  const deaths = scene
    .events("supervise")
    .filter(({ fields }) => fields["action"] === "reaped-gone")
    .map(({ fields }) => Number(fields["health_ms"]));
  expect(deaths).toHaveLength(2);
  expect(deaths[1]).toBe(0);
});
