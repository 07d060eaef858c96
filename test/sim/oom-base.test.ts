// What the daemon tells the witnesses of kills for memory (lifecycle §5): in time, in one file for
// all of them, and without writing what it has said already.

import { describe, expect, test } from "bun:test";
import type { Config } from "../../src/core/config.ts";
import { OOM_BASE_FRESH_SECS } from "../../src/formats/oom-base.ts";
import { Scene } from "./scene.ts";

function kernelSays(scene: Scene, kills: number): void {
  scene.world.files.makeFolder("/proc");
  scene.world.files.writeAtomic("/proc/vmstat", `nr_free_pages 1\noom_kill ${kills}\n`);
}

const said = (scene: Scene): string => {
  const read = scene.world.files.read(scene.world.layout.oomBase);
  return read.state === "ok" ? read.text : read.state;
};
const kills = (scene: Scene) => Number(said(scene).split(" ")[1]);
const ageSecs = (scene: Scene) =>
  scene.world.time.wall() / 1000 - Number(said(scene).split(" ")[0]);

async function sceneWith(count: number, config: Partial<Config> = {}): Promise<Scene> {
  const scene = await Scene.of({ peers: { ann: {} }, config });
  kernelSays(scene, count);
  await scene.restart();
  await scene.pass(1000);
  return scene;
}

describe("the file", () => {
  test("is behind by a moment, so that a kill of just now is in none", async () => {
    const scene = await sceneWith(3);
    expect(kills(scene)).toBe(3);
    kernelSays(scene, 4);
    // One pass sees it, and the next one says so.
    await scene.pass(scene.world.config.tickMs);
    expect(kills(scene)).toBe(3);
    await scene.pass(scene.world.config.tickMs);
    expect(kills(scene)).toBe(4);
  });

  test("says it at the next pass where there are many in a minute", async () => {
    const scene = await sceneWith(3, { tickMs: 10_000 });
    await scene.pass(10_000);
    kernelSays(scene, 4);
    await scene.pass(20_000);
    expect(kills(scene)).toBe(4);
  });

  test("is written again only to say that somebody looks", async () => {
    const scene = await sceneWith(3);
    const texts = new Set<string>();
    for (let minute = 0; minute < 10 * 12; minute += 1) {
      await scene.pass(5000);
      texts.add(said(scene));
      expect(ageSecs(scene)).toBeLessThan(OOM_BASE_FRESH_SECS);
    }
    expect(texts.size).toBeLessThanOrEqual(11);
  });

  test("is not forgotten between passes that are far apart", async () => {
    const scene = await sceneWith(3, { tickMs: 3_600_000 });
    for (let minute = 0; minute < 90; minute += 1) {
      await scene.pass(60_000);
      expect([minute, ageSecs(scene) < OOM_BASE_FRESH_SECS]).toEqual([minute, true]);
    }
    kernelSays(scene, 4);
    await scene.pass(130_000);
    expect(kills(scene)).toBe(4);
    expect(scene.supervisor.facts.ticks()).toBe(2);
    await scene.supervisor.stop();
    const last = said(scene);
    await scene.pass(180_000);
    expect(said(scene)).toBe(last);
  });

  test("is looked after as often after many passes as after few", async () => {
    const scene = await sceneWith(3, { tickMs: 100_000 });
    const { files } = scene.manned.host;
    const read = files.read.bind(files);
    let looks = 0;
    files.read = (path) => {
      if (path === "/proc/vmstat") looks += 1;
      return read(path);
    };
    const inAnHour = async () => {
      looks = 0;
      await scene.pass(3_600_000);
      return looks;
    };
    expect(await inAnHour()).toBe(await inAnHour());
  });

  test("is written at the next pass where it could not be", async () => {
    const scene = await sceneWith(3, { tickMs: 10_000 });
    kernelSays(scene, 4);
    await scene.pass(10_000);
    scene.world.files.full = true;
    await scene.pass(10_000);
    scene.world.files.full = false;
    expect(kills(scene)).toBe(3);
    await scene.pass(10_000);
    expect(kills(scene)).toBe(4);
  });

  test("is put right when the clock is set back", async () => {
    const scene = await sceneWith(3);
    scene.world.time.setWallBy(-3_600_000);
    await scene.pass(scene.world.config.tickMs);
    expect(ageSecs(scene)).toBeGreaterThanOrEqual(0);
    expect(ageSecs(scene)).toBeLessThan(OOM_BASE_FRESH_SECS);
  });

  test("is not there where the kernel tells no count", async () => {
    const scene = await Scene.of({ peers: { ann: {} } });
    await scene.pass(130_000);
    expect(said(scene)).toBe("missing");
  });
});
