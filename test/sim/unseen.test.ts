// Ends that nobody saw (lifecycle §5): the next daemon says what is known of them, by whichever of
// its ways the record is written.

import { describe, expect, test } from "bun:test";
import { Scene } from "./scene.ts";
import { at, found, longLife, shortLife, startedWall, UNWATCHED_MS } from "./unseen.ts";

const DAY_MS = 86_400_000;

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

  test("also where the daemon that had it back was killed before it recorded", async () => {
    const { scene } = await longLife(true);
    await scene.pass(UNWATCHED_MS);
    await scene.restart();
    expect(scene.ends("echo")).toEqual([null, null]);
    scene.killDaemon();
    const { end, next } = await back(scene);
    expect(at(end?.ts)).toBeLessThanOrEqual(next);
    expect(at(end?.since)).toBeLessThanOrEqual(at(end?.ts));
  });

  test("also where the clock was set back since", async () => {
    const { scene } = await longLife(true);
    await scene.pass(UNWATCHED_MS);
    await scene.restart();
    scene.killDaemon();
    scene.world.time.setWallBy(-DAY_MS);
    await scene.restart();
    const [end] = scene.ends("echo");
    expect(end).toMatchObject({ cause: "unwitnessed", by: "daemon" });
    expect(at(end?.ts)).toBeLessThanOrEqual(scene.world.time.wall());
  });

  /** Its canary is dead, too; the daemon lives. */
  async function seenToDie(): Promise<Scene> {
    const scene = await Scene.of({ peers: { echo: { always_on: true } } });
    await scene.pass(15_000);
    const { dir, process } = scene.server("echo");
    for (const entry of scene.world.table.all()) {
      if (entry.kind.startsWith("canary") && entry.owner === dir) scene.kill(entry);
    }
    scene.kill(process);
    return scene;
  }

  test("and one whose death was seen died before that, too", async () => {
    const scene = await seenToDie();
    await scene.pass(3000);
    const [end] = scene.ends("echo");
    expect(end).toMatchObject({ cause: "server-vanished", by: "daemon" });
    expect(end?.since).toBeUndefined();
    expect(at(end?.ts)).toBeLessThanOrEqual(startedWall(scene, "echo"));
  });

  test("a pass meanwhile leaves its witness the time that it has", async () => {
    const scene = await seenToDie();
    await scene.pass(scene.world.config.witnessGraceMs / 2);
    scene.supervisor.tick();
    expect(scene.ends("echo")).toEqual([null, null]);
    await scene.pass(scene.world.config.witnessGraceMs);
    expect(scene.ends("echo")).toMatchObject([{ by: "daemon" }, null]);
  });
});

test.each([true, false])("one removed before its record; always on: %p", async (alwaysOn) => {
  const { scene, killed } = await longLife(alwaysOn);
  await scene.pass(UNWATCHED_MS);
  await scene.restart();
  await scene.ask("echo", "remove");
  const [exit, ...more] = scene.events("server-exit");
  expect(more).toEqual([]);
  expect(exit?.fields).toMatchObject({ cause: "unwitnessed" });
  expect(at(String(exit?.fields["since"]))).toBeLessThanOrEqual(killed);
});

test("one that a daemon which is about to end is asked to stop", async () => {
  const { scene, killed } = await longLife(false, true);
  await scene.pass(UNWATCHED_MS);
  await scene.standAlone("echo", "stop");
  void scene.supervisor.stop();
  const asked = scene.begin("echo", "stop");
  await scene.pass(10_000);
  expect(asked.answer).toMatchObject({ result: "done" });
  const [end] = scene.ends("echo");
  expect(end).toMatchObject({ cause: "unwitnessed" });
  expect(at(end?.since)).toBeLessThanOrEqual(killed);
});
