// How long a life has lasted whose end nobody saw (lifecycle §4): to the last instant at which it
// is known to have lived. By that its restart waits or not.

import { describe, expect, test } from "bun:test";
import { nameOf } from "../fakes/file-tree.ts";
import { Scene } from "./scene.ts";
import {
  at,
  found,
  healths,
  killAll,
  killWitnesses,
  longLife,
  shortLife,
  startedWall,
} from "./unseen.ts";

describe("its health", () => {
  test.each([true, false])("ends where it was last seen; always on: %p", async (alwaysOn) => {
    const short = await shortLife(alwaysOn);
    await found(short.scene);
    expect(healths(short.scene)).toEqual([0]);
    const long = await longLife(alwaysOn);
    await found(long.scene);
    const [health] = healths(long.scene);
    expect(health).toBeLessThanOrEqual(long.killed - long.started);
    expect(health).toBeGreaterThan(long.seen - long.started - 1000);
  });

  test("too short for a restart at once has it wait", async () => {
    const { scene } = await shortLife(true);
    await scene.pass(20_000);
    await scene.restart();
    await scene.pass(500);
    expect(scene.world.tmux.servers()).toEqual([]);
    await scene.pass(1000);
    expect(scene.world.tmux.servers()).toHaveLength(1);
  });

  test("ends with its record, where a witness has left one", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await scene.ask("echo", "wake");
    const started = startedWall(scene, "echo");
    scene.killDaemon();
    scene.kill(scene.server("echo").process);
    const killed = scene.world.time.wall();
    await scene.pass(600_000);
    await scene.restart();
    await scene.pass(3000);
    const [health] = healths(scene);
    expect(health).toBeLessThan(killed - started + 1000);
    expect(health).toBeGreaterThanOrEqual(killed - started);
  });

  test("ends with the word of its session's hook", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await scene.ask("echo", "wake");
    const started = startedWall(scene, "echo");
    killWitnesses(scene, "echo");
    scene.kill(scene.server("echo").pane.process);
    const killed = scene.world.time.wall();
    await scene.pass(600_000);
    await scene.restart();
    await scene.pass(3000);
    expect(scene.ends("echo")).toMatchObject([{ ev: "session-exit" }]);
    expect(healths(scene)[0]).toBeLessThan(killed - started + 1000);
  });

  test("ends where it was last seen, where its pane alone was found dead", async () => {
    const { scene, started, seen } = await longLife(false, false, "pane");
    const killed = scene.world.time.wall();
    await scene.pass(600_000);
    await scene.restart();
    await scene.pass(3000);
    const [end] = scene.ends("echo");
    expect(end).toMatchObject({ ev: "session-exit", by: "daemon" });
    expect(at(end?.since)).toBeLessThanOrEqual(killed);
    expect(healths(scene)).toEqual([at(end?.since) - started]);
    expect(at(end?.since)).toBeGreaterThan(seen - 1000);
  });

  test("is not longer by what a daemon that found it dead has seen since", async () => {
    const { scene, started, dir } = await longLife(false);
    const identity = scene.identity("echo");
    const generation = nameOf(dir);
    const { files, time } = scene.world;
    const since = new Date(started + 5000).toISOString();
    const ts = new Date(time.wall()).toISOString();
    const verdict = { oom: "unknown", ours: false, confidence: "unknown" };
    const end = { version: 1, ev: "server-exit", identity, generation, ts, by: "daemon", since };
    const text = JSON.stringify({ ...end, cause: "unwitnessed", verdict });
    files.writeAtomic(`${dir}/end.json`, text);
    await found(scene);
    expect(healths(scene)).toEqual([5000]);
  });

  test("does not grow with a clock that was set ahead while it was watched", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await scene.ask("echo", "wake");
    const begun = scene.world.time.mono();
    scene.world.time.setWallBy(86_400_000);
    await scene.pass(2 * scene.world.config.tickMs);
    killAll(scene, "echo");
    const lived = scene.world.time.mono() - begun;
    await found(scene);
    expect(healths(scene)[0]).toBeLessThanOrEqual(lived);
  });

  test("of a death that was seen lasts until it was seen", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await scene.ask("echo", "wake");
    const started = startedWall(scene, "echo");
    await scene.pass(5000);
    scene.kill(scene.server("echo").process);
    const lived = scene.world.time.wall() - started;
    await scene.pass(3000);
    expect(healths(scene)[0]).toBeGreaterThanOrEqual(lived - 10);
    expect(healths(scene)[0]).toBeLessThan(lived + 100);
  });
});
