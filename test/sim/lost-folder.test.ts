// The folder of a life that somebody has deleted under it (lifecycle §5): that life has its one end
// record all the same, however it ends.

import { describe, expect, test } from "bun:test";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import { Scene } from "./scene.ts";

const ENDS = {
  stop: (scene: Scene) => scene.ask("once", "stop"),
  "an idle park": (scene: Scene) => scene.pass(700_000),
  "a kill": (scene: Scene) => {
    scene.kill(scene.server("once").process);
    return scene.pass(3000);
  },
} as const;

const place = async () => {
  const scene = await Scene.of({ peers: { once: {} }, config: { idleMs: 600_000 } });
  await scene.ask("once", "wake");
  return { scene, dir: scene.server("once").dir };
};

test.each(Object.keys(ENDS) as (keyof typeof ENDS)[])("by %s", async (how) => {
  const { scene, dir } = await place();
  scene.world.files.removeTree(dir);
  await ENDS[how](scene);
  await scene.pass(scene.world.config.tickMs);
  const reasons = { stop: "stop", "an idle park": "idle", "a kill": undefined } as const;
  expect(scene.ends("once").map((end) => end?.reason)).toEqual([reasons[how]]);
  expect(scene.ends("once")).not.toContain(null);
  expect(await scene.ask("once", "rename", { to: "twice" })).toMatchObject({ result: "done" });
  expect(scene.ends("twice")).toHaveLength(1);
});

test("by a park that the disk had no room for, before the folder went", async () => {
  const { scene, dir } = await place();
  scene.world.files.full = true;
  await scene.pass(700_000);
  expect(scene.world.tmux.servers()).toEqual([]);
  scene.world.files.removeTree(dir);
  scene.world.files.full = false;
  await scene.pass(scene.world.config.tickMs);
  expect(scene.ends("once")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
});

test("by a session that makes way for another", async () => {
  const { scene, dir } = await place();
  scene.world.files.removeTree(dir);
  expect(await scene.ask("once", "new")).toMatchObject({ result: "woke" });
  expect(scene.ends("once")).toMatchObject([{ ev: "teardown", reason: "new" }, null]);
});

describe("a daemon that starts after it", () => {
  test.each([false, true])("takes a living session up again; tmux hangs: %p", async (hung) => {
    const { scene, dir } = await place();
    const { process } = scene.server("once");
    scene.killDaemon();
    scene.world.files.removeTree(dir);
    scene.world.faults.hung = hung;
    await scene.restart();
    await scene.pass(70_000);
    expect(process.state).toBe("running");
    scene.world.faults.hung = false;
    await scene.pass(70_000);
    expect(process.state).toBe("running");
    expect(scene.ends("once")).toEqual([null]);
    expect(await scene.ask("once", "wake")).toMatchObject({ result: "already-alive" });
    expect(await scene.ask("once", "stop")).toMatchObject({ result: "done" });
    expect(scene.ends("once")).toMatchObject([{ ev: "teardown", reason: "stop" }]);
    expect(scene.world.tmux.servers()).toEqual([]);
  });

  test("records one that has died meanwhile, once", async () => {
    const { scene, dir } = await place();
    const { process } = scene.server("once");
    scene.killDaemon();
    scene.world.files.removeTree(dir);
    scene.kill(process);
    await scene.restart();
    await scene.pass(70_000);
    expect(scene.ends("once")).toMatchObject([{ by: "daemon" }]);
    expect(await scene.ask("once", "wake")).toMatchObject({ result: "woke" });
  });

  test("records one in whose place somebody else answers", async () => {
    const { scene, dir } = await place();
    const { process } = scene.server("once");
    scene.killDaemon();
    scene.world.files.removeTree(dir);
    scene.kill(process);
    scene.manned = scene.world.man();
    const { host, watch } = scene.manned;
    host.tmux.probe = () => "answers";
    scene.supervisor = createSupervisor(host, watch);
    await scene.start();
    await scene.pass(10_000);
    expect(scene.ends("once")).toMatchObject([{ by: "daemon", cause: "unwitnessed" }]);
  });

  test.each(["folder", "document and folder"])("finds a session without its %s", async (what) => {
    const { scene, dir } = await place();
    const { process } = scene.server("once");
    const doc = scene.world.layout.identityDoc(scene.identity("once"));
    scene.killDaemon();
    scene.world.files.removeTree(dir);
    if (what !== "folder") scene.world.files.remove(doc);
    await scene.restart();
    await scene.pass(5000);
    expect(await scene.ask("once", "wake")).toMatchObject({ result: "already-alive" });
    expect(process.state).toBe("running");
    expect(await scene.ask("once", "stop")).toMatchObject({ result: "done" });
    expect(scene.world.tmux.servers()).toEqual([]);
    expect(scene.ends("once")).toMatchObject([{ ev: "teardown", reason: "stop" }]);
  });
});
