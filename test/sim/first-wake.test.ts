// Which wake is a peer's first (lifecycle §3): launches that never started are no lives of it.

import { expect, test } from "bun:test";
import { renderIdentityDoc } from "../../src/formats/identity-doc.ts";
import { Scene } from "./scene.ts";

const FIRST = { result: "woke", mode: "fresh", cause: "first-wake" };
const LATER = { result: "woke", mode: "fresh", cause: "crash-or-self-close" };

const wake = (scene: Scene) => scene.ask("ann", "wake", { message: "hello" });

/** A launch that never starts, in the middle of whatever else. */
async function failLaunch(scene: Scene, verb: "wake" | "new" = "wake"): Promise<void> {
  scene.world.faults.noProgram = true;
  expect(await scene.ask("ann", verb)).toMatchObject({ result: "failed", cause: "launch-failed" });
  scene.world.faults.noProgram = false;
}

async function die(scene: Scene): Promise<void> {
  const { process } = scene.server("ann");
  scene.kill(process);
  await scene.pass(5000);
  expect(scene.doc("ann")).toMatchObject({ settled: scene.doc("ann").generation });
}

test("is the first that starts, however many before it never did", async () => {
  const scene = await Scene.of({ peers: { ann: {} } });
  for (let launch = 0; launch < 3; launch += 1) await failLaunch(scene);
  await scene.restart();
  expect(await wake(scene)).toMatchObject(FIRST);
  expect(scene.doc("ann").deaths).toEqual([]);
});

test("is no wake after it, once it has died", async () => {
  const scene = await Scene.of({ peers: { ann: {} } });
  await failLaunch(scene);
  expect(await wake(scene)).toMatchObject(FIRST);
  await die(scene);
  expect(scene.doc("ann")).not.toHaveProperty("neverLived");
  await failLaunch(scene);
  expect(await wake(scene)).toMatchObject(LATER);
});

test("is not forgotten with a life that another launch replaced", async () => {
  const scene = await Scene.of({ peers: { ann: {} } });
  await failLaunch(scene);
  expect(await wake(scene)).toMatchObject(FIRST);
  await failLaunch(scene, "new");
  expect(await wake(scene)).toMatchObject(LATER);
});

test("is none of a peer whose document is older than the question", async () => {
  const scene = await Scene.of({ peers: { ann: {} } });
  await failLaunch(scene);
  const { neverLived, ...older } = scene.doc("ann");
  expect(neverLived).toBe(true);
  scene.killDaemon();
  const path = scene.world.layout.identityDoc(older.identity);
  scene.world.files.writeAtomic(path, renderIdentityDoc(older));
  await scene.restart();
  expect(await wake(scene)).toMatchObject(LATER);
});

test("is the first also after a stop that came while a launch was failing", async () => {
  const scene = await Scene.of({ peers: { ann: {} } });
  scene.world.faults.noProgram = true;
  scene.begin("ann", "wake", { message: "hello" });
  scene.begin("ann", "stop");
  await scene.pass(1000);
  expect(scene.doc("ann")).toMatchObject({ stopped: true, parked: false, neverLived: true });
  expect(scene.doc("ann").settled).toBe(scene.doc("ann").generation);
  scene.world.faults.noProgram = false;
  expect(await scene.ask("ann", "start")).toMatchObject({ mode: "fresh", cause: "start" });
});
