// What a life has left in the daemon's memory is its own: of the next one none of it counts, be it
// for how long it has lived, for what held it, or for who writes its log.

import { expect, test } from "bun:test";
import { Scene } from "./scene.ts";
import { found, healths, longLife } from "./unseen.ts";

const HELD = { always_on: true } as const;
const NAMES = ["ann", "bob"] as const;

const openings = (scene: Scene): number =>
  scene.events("supervise").filter(({ fields }) => fields["action"] === "reopened-pane-log").length;

test("how long one has lived whose end nobody saw says nothing of the next one", async () => {
  const { scene, started, seen } = await longLife(true);
  await found(scene);
  const lived = 10 * scene.world.config.tickMs;
  await scene.pass(lived);
  scene.kill(scene.server("echo").process);
  await scene.pass(1000);
  const [first, second, ...more] = healths(scene);
  expect(more).toEqual([]);
  expect(first).toBeLessThanOrEqual(seen + 3000 - started);
  expect(second).toBeGreaterThanOrEqual(lived);
});

test("what held them before is no cause of what ends them next", async () => {
  const scene = await Scene.of({ peers: { ann: HELD, bob: HELD } });
  const { world } = scene;
  const holder = world.table.spawn({ kind: "stranger" });
  for (const name of NAMES) {
    const { pid } = scene.server(name).process.ref;
    world.files.makeFolder(`/proc/${pid}`);
    const stat = `${pid} (tmux: server) S ${holder.ref.pid} 1 1 ${"0 ".repeat(15)}4711`;
    world.files.writeAtomic(`/proc/${pid}/stat`, stat);
  }
  const killThem = async () => {
    for (const name of NAMES) scene.kill(scene.server(name).process);
    await scene.pass(2000);
  };
  await scene.pass(world.config.tickMs);
  await killThem();
  scene.kill(holder);
  await killThem();
  const causes = scene.events("incident").map(({ fields }) => fields["cause"]);
  expect(causes).toEqual(["unknown", "unknown"]);
});

test("that nobody may have written its log is no reason to open the next one's anew", async () => {
  const scene = await Scene.of({ peers: { echo: HELD } });
  const { tickMs } = scene.world.config;
  await scene.pass(3 * tickMs);
  scene.world.files.full = true;
  await scene.pass(tickMs);
  scene.world.files.full = false;
  await scene.pass(tickMs);
  // It is doubted by now, and looked at in the next pass.
  scene.kill(scene.server("echo").process);
  await scene.pass(40 * tickMs);
  expect([scene.ends("echo").length, openings(scene)]).toEqual([2, 0]);
});

test("a log that is lost is opened anew, however lately the last one's was", async () => {
  const scene = await Scene.of({ peers: { echo: HELD } });
  const { files, layout, config } = scene.world;
  const lose = () => files.remove(layout.paneLog(scene.identity("echo")));
  await scene.pass(config.tickMs);
  lose();
  await scene.pass(config.tickMs);
  expect(openings(scene)).toBe(1);
  scene.kill(scene.server("echo").process);
  await scene.pass(1000);
  lose();
  await scene.pass(config.tickMs);
  expect([scene.ends("echo").length, openings(scene)]).toEqual([2, 2]);
});
