// `self-fresh` is answered before it is done: whatever becomes of the daemon meanwhile, the session
// that asked makes way for a fresh one, and nobody else's does (lifecycle §4).

import { expect, test } from "bun:test";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

const DONE = { result: "done", detail: "a fresh session takes over in a moment" };
const FRESH = [{ ev: "teardown", reason: "new" }, null];

async function asked() {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const asking = scene.begin("echo", "self-fresh");
  await scene.pass(100);
  expect(asking.answer).toMatchObject(DONE);
  expect(scene.ends("echo")).toEqual([null]);
  return scene;
}

test("by the daemon that comes after one that was killed", async () => {
  const scene = await asked();
  await scene.restart();
  await scene.pass(3000);
  expect(scene.ends("echo")).toMatchObject(FRESH);
  expect(scene.doc("echo")).toMatchObject({ newEager: false, deaths: [] });
});

test("by the daemon that comes after one that was stopped", async () => {
  const scene = await asked();
  const stopping = scene.supervisor.stop();
  await scene.pass(1000);
  await stopping;
  expect(scene.ends("echo")).toEqual([null]);
  await scene.restart();
  await scene.pass(3000);
  expect(scene.ends("echo")).toMatchObject(FRESH);
});

test("once it can be told whether it lives", async () => {
  const scene = await asked();
  scene.world.faults.unknown = 1;
  await scene.pass(10_000);
  expect(scene.ends("echo")).toEqual([null]);
  scene.world.faults.unknown = 0;
  await scene.pass(scene.world.config.tickMs);
  expect(scene.ends("echo")).toMatchObject(FRESH);
  await scene.pass(3 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toHaveLength(2);
});

test("not by a verb without a daemon, which could launch nobody", async () => {
  const scene = await asked();
  await scene.standAlone("echo", "refresh");
  expect(await scene.ask("echo", "refresh")).toMatchObject({ result: "done" });
  expect(scene.ends("echo")).toEqual([null]);
  expect(scene.doc("echo")).toMatchObject({ newEager: true });
});

test("a presence of the default runtime that is alive keeps its session", async () => {
  const two = { runtimes: [PLAIN, AGENT], default_runtime: PLAIN };
  const scene = await Scene.of({ peers: { echo: two } });
  await scene.ask("echo", "wake", { runtime: AGENT });
  await scene.ask("echo", "wake", { runtime: PLAIN });
  const { process } = serverOf(scene, PLAIN);
  await scene.ask("echo", "self-fresh", { runtime: AGENT });
  expect(scene.world.tmux.servers().map(({ identity }) => String(identity))).toEqual([
    `${PLAIN}-echo`,
  ]);
  await scene.restart();
  await scene.pass(130_000);
  expect(serverOf(scene, PLAIN).process).toBe(process);
  expect(await scene.ask("echo", "stop", { runtime: PLAIN })).toMatchObject({ result: "done" });
});

const serverOf = (scene: Scene, runtime: string) => {
  const servers = scene.world.tmux.servers();
  const found = servers.find(({ identity }) => identity === `${runtime}-echo`);
  if (found === undefined) throw new Error(`${runtime} has no server`);
  return found;
};
