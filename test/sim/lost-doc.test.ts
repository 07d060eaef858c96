// A document that somebody has taken away from under a living peer (storage contract): what the
// daemon remembers of it is as good, and its session is not lost sight of.

import { expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { lookOnce } from "../../src/daemon/look.ts";
import { snapshot } from "../../src/daemon/show.ts";
import { why } from "../../src/daemon/why.ts";
import { Scene } from "./scene.ts";

async function bereft(always_on = false) {
  const scene = await Scene.of({ peers: { echo: { always_on } } });
  await scene.ask("echo", "wake", { topic: "birds" });
  const before = scene.doc("echo");
  const path = scene.world.layout.identityDoc(scene.identity("echo"));
  scene.world.files.remove(path);
  return { scene, before, path };
}

test("a stop ends its session", async () => {
  const { scene } = await bereft();
  expect(await scene.ask("echo", "stop")).toMatchObject({ result: "done" });
  expect(scene.world.tmux.servers()).toEqual([]);
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "stop" }]);
  expect(scene.doc("echo")).toMatchObject({ stopped: true, parked: true });
});

test.each(["wake", "start", "refresh"] as const)("%s meets it alive", async (verb) => {
  const { scene, before } = await bereft(true);
  const server = scene.server("echo");
  expect(await scene.ask("echo", verb)).not.toMatchObject({ result: "woke" });
  await scene.ask("echo", "refresh");
  expect(scene.server("echo")).toBe(server);
  expect(scene.doc("echo")).toEqual({ ...before, freshNext: true });
  expect(scene.events("file-restored")).toHaveLength(1);
});

test("a removal leaves nothing", async () => {
  const { scene, path } = await bereft();
  expect(await scene.ask("echo", "remove")).toMatchObject({ result: "done" });
  expect(scene.world.tmux.servers()).toEqual([]);
  await scene.pass(2 * scene.world.config.tickMs);
  expect(scene.world.files.stat(path).state).toBe("missing");
});

test("of a life that is over nothing is made anew", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  await scene.ask("echo", "stop");
  scene.world.files.remove(scene.world.layout.identityDoc(scene.identity("echo")));
  expect(await scene.ask("echo", "refresh")).toMatchObject({ result: "done" });
  expect(scene.doc("echo")).toMatchObject({ stopped: false, generation: null });
});

test("nor where all that is kept of it is gone", async () => {
  const { scene } = await bereft();
  scene.world.files.removeTree(scene.world.layout.sessionDir(scene.identity("echo")));
  await scene.ask("echo", "refresh");
  expect(scene.events("file-restored")).toEqual([]);
  expect(scene.doc("echo")).toMatchObject({ freshNext: true, generation: null });
});

test("what a service manager holds is its holder's to write", async () => {
  const { scene, path } = await bereft();
  scene.world.manager.managed.add("echo");
  await scene.pass(2 * scene.world.config.tickMs);
  expect(scene.world.files.stat(path).state).toBe("missing");
});

test("where no daemon runs, a living session without it is not told to be asleep", async () => {
  const { scene } = await bereft();
  const seen = () => lookOnce(scene.manned.host, "all");
  const told = () => why(seen(), "echo" as Personality).presences[0];
  expect(snapshot(seen()).peers[0]?.runtimes).toMatchObject([{ state: "unknown" }]);
  expect(told()).toMatchObject({ state: "unknown" });
  expect(told()?.next).not.toContain("readable");
  await scene.ask("echo", "stop");
  expect(told()).toMatchObject({ state: "stopped" });
});
