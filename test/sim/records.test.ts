// Records that cannot be read or written for a while (lifecycle §5): nothing is said of a life
// that nobody can judge, and what was decided is on record in the end.

import { expect, test } from "bun:test";
import { Scene } from "./scene.ts";

test("a start record that cannot be read makes nobody dead", async () => {
  const scene = await Scene.of({ peers: { echo: { always_on: true } } });
  await scene.pass(2000);
  const { process, dir } = scene.server("echo");
  scene.killDaemon();
  scene.world.files.denied.add(`${dir}/start.json`);
  await scene.restart();
  await scene.pass(3 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toEqual([null]);
  expect(process.state).toBe("running");
  expect(await scene.ask("echo", "stop")).toMatchObject({ cause: "liveness-unknown" });
  scene.world.files.denied.clear();
  await scene.pass(scene.world.config.tickMs);
  expect(await scene.ask("echo", "stop")).toMatchObject({ result: "done" });
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "stop" }]);
});
