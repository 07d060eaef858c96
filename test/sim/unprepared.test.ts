// Launches for which nothing could be prepared (lifecycle §4): backed off from, and told of, though
// no record of theirs exists.

import { expect, test } from "bun:test";
import { peerLayout } from "../../src/core/layout.ts";
import type { Personality } from "../../src/core/names.ts";
import { PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

function breakLaunchEnv(scene: Scene, cwd: string): () => void {
  const path = peerLayout(cwd).launchEnv(PLAIN);
  scene.world.files.makeFolder(path.slice(0, path.lastIndexOf("/")));
  scene.world.files.writeAtomic(path, "no assignment\n");
  return () => scene.world.files.remove(path);
}

const rowOf = (scene: Scene, name: string) =>
  scene.supervisor.snapshot().peers.find(({ personality }) => personality === name)?.runtimes[0];

const whyOf = (scene: Scene, name: string) =>
  scene.supervisor.why(name as Personality).presences[0]?.because ?? "";

test("a launch that nothing could be prepared for backs off too", async () => {
  const scene = await Scene.of({ peers: { bell: { always_on: true } } });
  await scene.pass(2000);
  const { pane, process } = scene.server("bell");
  const remove = breakLaunchEnv(scene, pane.cwd);
  scene.kill(process);
  await scene.pass(10_000);
  const failed = scene.events("wake").filter(({ fields }) => fields["cause"] === "launch-env");
  expect(failed.map(({ fields }) => fields["mode"])).toEqual(["failed", "failed", "failed"]);
  const reason = expect.stringContaining("launch.env");
  expect(rowOf(scene, "bell")).toMatchObject({ state: "asleep", not_started: reason });
  const told = /died .*\. Its latest launch came to nothing: .*launch\.env/;
  expect(whyOf(scene, "bell")).toMatch(told);
  await scene.restart();
  expect(rowOf(scene, "bell")).toMatchObject({ state: "asleep", not_started: reason });
  expect(whyOf(scene, "bell")).toMatch(told);
  remove();
  await scene.pass(10_000);
  expect(scene.server("bell").process.state).toBe("running");
  expect(rowOf(scene, "bell")).not.toHaveProperty("not_started");
  expect(whyOf(scene, "bell")).not.toContain("launch");
});

test("one that nobody keeps up says what its first wake came to, and is no trouble", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  const remove = breakLaunchEnv(scene, "/home/iapeer/peers/echo");
  expect(await scene.ask("echo", "wake")).toMatchObject({ cause: "launch-env" });
  expect(whyOf(scene, "echo")).toMatch(
    /^It has never run here\. Its latest launch came to nothing: .*\. It is not always on/,
  );
  expect(rowOf(scene, "echo")).not.toHaveProperty("not_started");
  remove();
  expect(await scene.ask("echo", "wake")).toMatchObject({ result: "woke", cause: "first-wake" });
  scene.kill(scene.server("echo").process);
  await scene.pass(5000);
  expect(whyOf(scene, "echo")).toContain("died");
  expect(whyOf(scene, "echo")).not.toContain("launch");
});
