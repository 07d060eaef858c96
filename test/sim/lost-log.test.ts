// A pane log that somebody has deleted under a living session (lifecycle §4): what it prints goes
// nowhere, and is a sign of work all the same, which tmux is asked for before anybody is parked.

import { expect, test } from "bun:test";
import { Scene } from "./scene.ts";

const config = { idleMs: 600_000 };

/** Without its log, `echo` has printed last at this time of the wall's, or tmux does not say. */
async function logless(printed: (scene: Scene) => string) {
  const scene = await Scene.of({ peers: { echo: {} }, config });
  await scene.ask("echo", "wake");
  const { tmux } = scene.manned.host;
  const query = tmux.query.bind(tmux);
  tmux.query = (socket, identity, format) =>
    format === "#{window_activity}"
      ? Promise.resolve({ state: "answered", text: printed(scene) })
      : query(socket, identity, format);
  scene.world.files.remove(scene.world.layout.paneLog(scene.identity("echo")));
  return scene;
}

const secs = (ms: number) => `${Math.floor(ms / 1000)}\n`;

test("who prints on is not parked", async () => {
  const scene = await logless(({ world }) => secs(world.time.wall() - 5000));
  await scene.pass(4 * config.idleMs);
  expect(scene.ends("echo")).toEqual([null]);
  const all = scene.log.filter(({ ev }) => ev === "bug");
  expect(all).toEqual([]);
});

test("who has printed nothing since is, and in time", async () => {
  let atMs = 0;
  const scene = await logless(() => secs(atMs));
  await scene.pass(config.idleMs / 2);
  atMs = scene.world.time.wall();
  await scene.pass(config.idleMs - scene.world.config.tickMs);
  expect(scene.ends("echo")).toEqual([null]);
  await scene.pass(2 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
});

test.each(["", "soon", "-5"])("an answer of %j says nothing", async (answer) => {
  const scene = await logless(() => answer);
  await scene.pass(config.idleMs + 2 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
});

test("with a log nobody asks", async () => {
  const scene = await logless(({ world }) => secs(world.time.wall()));
  const { files, layout } = scene.world;
  files.append(layout.paneLog(scene.identity("echo")), "its last words");
  await scene.pass(config.idleMs + 2 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
});
