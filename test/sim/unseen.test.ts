// Ends that nobody saw (lifecycle §4, §5): daemon, canary and server are killed together, and the
// next daemon says what is known of it, by whichever of its ways the record is written.

import { describe, expect, test } from "bun:test";
import { readStart } from "../../src/flows/session/records.ts";
import { Scene } from "./scene.ts";

/** Some of it is unwatched: a tick, at which all are known to live, comes each minute. */
const UNWATCHED_MS = 7000;

function killWitnesses(scene: Scene, name: string): void {
  scene.killDaemon();
  const { dir } = scene.server(name);
  for (const entry of scene.world.table.all()) {
    if (entry.kind.startsWith("canary") && entry.owner === dir) scene.kill(entry);
  }
}

/** Nobody of ours is left to see how this life ends; returns when it did. */
function killAll(scene: Scene, name: string): number {
  killWitnesses(scene, name);
  scene.kill(scene.server(name).process);
  return scene.world.time.wall();
}

function startedWall(scene: Scene, name: string): number {
  const { generation } = scene.doc(name);
  if (generation === null) throw new Error(`${name} has never lived`);
  const start = readStart(scene.manned.host, { identity: scene.identity(name), generation });
  return start?.startedWall ?? Number.NaN;
}

const at = (instant: string | undefined): number => Date.parse(instant ?? "");

const healths = (scene: Scene): readonly unknown[] =>
  scene.events("supervise").flatMap(({ fields }) => fields["health_ms"] ?? []);

async function found(scene: Scene): Promise<void> {
  await scene.pass(UNWATCHED_MS);
  await scene.restart();
  await scene.pass(3000);
}

/** Woken after a heartbeat, and dead before the next one. */
async function shortLife(always_on: boolean, moreMs = 0) {
  const scene = await Scene.of({ peers: { echo: { always_on } } });
  await scene.pass(13_000);
  await scene.ask("echo", always_on ? "new" : "wake");
  const started = startedWall(scene, "echo");
  await scene.pass(moreMs);
  return { scene, started, killed: killAll(scene, "echo") };
}

/** Alive at a heartbeat, and dead 3 s after it. */
async function longLife(always_on: boolean, stubborn = false) {
  const scene = await Scene.of({ peers: { echo: { always_on } }, stubborn });
  if (!always_on) await scene.ask("echo", "wake");
  const started = startedWall(scene, "echo");
  const seen = at("2025-01-06T09:00:01.000Z") + scene.world.config.tickMs;
  await scene.pass(seen + 3000 - scene.world.time.wall());
  return { scene, started, seen, killed: killAll(scene, "echo") };
}

describe("until when it was alive", () => {
  test.each([true, false])("is not before it began; always on: %p", async (alwaysOn) => {
    const { scene, started } = await shortLife(alwaysOn);
    await found(scene);
    const end = scene.ends("echo").find((each) => each?.cause === "unwitnessed");
    expect(at(end?.since)).toBe(started);
  });

  test("is not before it began, of a launch that no document names", async () => {
    const { scene, started } = await shortLife(false);
    const doc = scene.world.layout.identityDoc(scene.identity("echo"));
    scene.world.files.remove(doc);
    await found(scene);
    const [end] = scene.ends("echo");
    expect([end?.cause, at(end?.since)]).toEqual(["unwitnessed", started]);
  });

  test("is not before it began, where the host was off", async () => {
    // Its records are on the disk by then.
    const { scene, started } = await shortLife(false, 30_000);
    scene.world.reboot(600_000);
    await found(scene);
    const [end] = scene.ends("echo");
    expect([end?.cause, at(end?.since)]).toEqual(["host-reboot", started]);
  });

  const DAY_MS = 86_400_000;
  test.each([-DAY_MS, -30_000, DAY_MS])("by a clock that was set by %p ms", async (byMs) => {
    const { scene, killed, seen } = await longLife(false);
    scene.world.time.setWallBy(byMs);
    await found(scene);
    const [end] = scene.ends("echo");
    expect(end?.cause).toBe("unwitnessed");
    expect(at(end?.since)).toBeLessThanOrEqual(killed + byMs);
    expect(at(end?.since)).toBeGreaterThan(seen + byMs - 1000);
  });

  test("is never after it was found dead", async () => {
    const { scene } = await longLife(false);
    scene.world.files.remove(scene.world.layout.heartbeat);
    scene.world.time.setWallBy(-DAY_MS);
    await found(scene);
    const [end] = scene.ends("echo");
    expect(at(end?.since)).toBeLessThanOrEqual(at(end?.ts));
  });
});

describe("an always-on peer that is back before its record is written", () => {
  async function back(scene: Scene) {
    await found(scene);
    const ends = scene.ends("echo");
    expect(ends).toMatchObject([{ cause: "unwitnessed", by: "daemon" }, null]);
    return { end: ends[0], next: startedWall(scene, "echo") };
  }

  test("died unwitnessed, before its next life began", async () => {
    const { scene, seen, killed } = await longLife(true);
    const { end, next } = await back(scene);
    expect(at(end?.ts)).toBeLessThanOrEqual(next);
    expect(at(end?.since)).toBeLessThanOrEqual(killed);
    expect(at(end?.since)).toBeGreaterThan(seen - 1000);
  });

  test("also where something of it has to be ended first", async () => {
    const { scene, seen } = await longLife(true, true);
    const { end, next } = await back(scene);
    expect(at(end?.ts)).toBeLessThanOrEqual(next);
    expect(at(end?.since)).toBeGreaterThan(seen - 1000);
  });

  test("and one whose death was seen died before that, too", async () => {
    const scene = await Scene.of({ peers: { echo: { always_on: true } } });
    await scene.pass(15_000);
    const { dir, process } = scene.server("echo");
    for (const entry of scene.world.table.all()) {
      if (entry.kind.startsWith("canary") && entry.owner === dir) scene.kill(entry);
    }
    scene.kill(process);
    await scene.pass(3000);
    const [end] = scene.ends("echo");
    expect(end).toMatchObject({ cause: "server-vanished", by: "daemon" });
    expect(end?.since).toBeUndefined();
    expect(at(end?.ts)).toBeLessThanOrEqual(startedWall(scene, "echo"));
  });
});

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
