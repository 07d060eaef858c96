// A canary that could not be looked at when it was spawned (lifecycle §6): it watches all the same,
// and keeps nothing else of its session from being seen to.

import { expect, test } from "bun:test";
import { Scene } from "./scene.ts";

const canariesOf = ({ world }: Scene) => world.table.all().filter(({ kind }) => kind === "canary");

/** As where no file can be opened for want of descriptors. */
function blind(scene: Scene): { see(): void } {
  const { processes } = scene.manned.host;
  const identify = processes.identify.bind(processes);
  processes.identify = () => "unknown";
  return { see: () => void (processes.identify = identify) };
}

test("is known once it says who it is, and a lost log is opened anew", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  const eyes = blind(scene);
  await scene.ask("echo", "wake");
  eyes.see();
  const { files, layout, config } = scene.world;
  const log = layout.paneLog(scene.identity("echo"));
  files.remove(log);
  await scene.pass(config.tickMs);
  expect(canariesOf(scene)).toHaveLength(1);
  expect(files.stat(log).state).toBe("ok");
});

test("gets no others beside it", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  for (const canary of canariesOf(scene)) scene.kill(canary);
  blind(scene);
  await scene.pass(scene.world.config.tickMs);
  expect(canariesOf(scene)).toHaveLength(1);
});
