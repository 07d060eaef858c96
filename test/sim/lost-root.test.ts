// A root that was removed and made again under its daemon (lifecycle §4): another one supervises it
// by now, and the first neither ends nor records anything in it.

import { expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import type { HeldLease } from "../../src/ports/lock.ts";
import { FakeLease } from "../fakes/lock.ts";
import { settle } from "../fakes/time.ts";
import { Scene } from "./scene.ts";

interface Supervised {
  readonly scene: Scene;
  readonly lost: () => number;
  readonly tree: () => readonly string[];
}

async function supervised(): Promise<Supervised> {
  const peers = { held: { always_on: true }, idle: {} };
  const scene = await Scene.of({ peers, config: { idleMs: 600_000 } });
  scene.killDaemon();
  scene.manned = scene.world.man();
  const { host, watch } = scene.manned;
  const taken = new FakeLease(scene.world.locks, scene.manned.life);
  const { hold } = taken.acquire(host.layout.daemonLease) as HeldLease;
  let lost = 0;
  scene.supervisor = createSupervisor(host, watch, { hold, onLost: () => void (lost += 1) });
  await scene.start();
  await scene.ask("idle", "wake");
  await scene.pass(15_000);
  const { files, layout } = scene.world;
  const below = (dir: string): readonly string[] => {
    const listed = files.list(dir);
    return "names" in listed ? listed.names.flatMap((name) => seen(`${dir}/${name}`)) : [];
  };
  const seen = (path: string): readonly string[] => {
    const facts = files.stat(path);
    if (facts.state !== "ok") return [];
    return facts.kind === "folder" ? [path, ...below(path)] : [`${path} ${text(path)}`];
  };
  const text = (path: string) => JSON.stringify(files.read(path));
  return { scene, lost: () => lost, tree: () => below(layout.root) };
}

/** All that a supervisor does by itself within a quarter of an hour. */
async function muchHappens(scene: Scene): Promise<void> {
  scene.kill(scene.server("held").process);
  await scene.pass(900_000);
}

test("a supervisor that has lost its root is told once, and acts no more", async () => {
  const { scene, lost, tree } = await supervised();
  scene.world.locks.removeLease(scene.world.layout.daemonLease);
  // What witnesses write is theirs: a life that nobody ends has none.
  const before = tree();
  await scene.pass(900_000);
  expect(lost()).toBe(1);
  expect(tree()).toEqual(before);
  expect(scene.server("idle").process.state).toBe("running");
  expect(await scene.ask("idle", "stop")).toMatchObject({ result: "failed", cause: "lease-lost" });
  await muchHappens(scene);
  await scene.supervisor.stop();
  expect(scene.world.tmux.servers().map(({ identity }) => identity)).toEqual([
    scene.identity("idle"),
  ]);
  expect(scene.doc("held").deaths).toEqual([]);
  expect([scene.events("stopped"), scene.events("bug"), lost()]).toEqual([[], [], 1]);
});

test("it is noticed at a death, before the next pass", async () => {
  const { scene, lost, tree } = await supervised();
  scene.world.locks.removeLease(scene.world.layout.daemonLease);
  const before = tree();
  scene.supervisor.enqueue(scene.identity("held"));
  await scene.pass(0);
  expect([lost(), tree()]).toEqual([1, before]);
});

test("whether it is lost may be impossible to tell, which ends nothing", async () => {
  const { scene, lost } = await supervised();
  scene.world.locks.told = "unknown";
  await muchHappens(scene);
  expect(lost()).toBe(0);
  expect(scene.doc("held").deaths).toHaveLength(1);
  expect(scene.ends("idle")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
});

test.each([
  ["stop", {}],
  ["remove", {}],
  ["rename", { to: "other" }],
  ["refresh", {}],
  ["self-fresh", {}],
] as const)("%s, which waited behind a launch meanwhile, does nothing", async (verb, asked) => {
  const { scene } = await supervised();
  const { faults, files, locks, layout } = scene.world;
  faults.launchDelayMs = 4000;
  scene.begin("idle", "new");
  await scene.pass(1000);
  const waiting = scene.begin("idle", verb, asked);
  await scene.pass(1000);
  locks.removeLease(layout.daemonLease);
  const kept = [layout.registry, layout.identityDoc(scene.identity("idle"))];
  const before = kept.map((path) => files.read(path));
  await scene.pass(10_000);
  expect(waiting.answer).toMatchObject({ result: "failed", cause: "lease-lost" });
  expect(kept.map((path) => files.read(path))).toEqual(before);
  expect(scene.server("idle").process.state).toBe("running");
});

test("a removal that is under way unregisters nobody in it", async () => {
  const { scene } = await supervised();
  const { files, locks, layout } = scene.world;
  const removing = scene.begin("idle", "remove");
  while (!scene.doc("idle").stopped) await scene.pass(1);
  locks.removeLease(layout.daemonLease);
  const before = files.read(layout.registry);
  await scene.pass(10_000);
  expect(removing.answer).toMatchObject({ result: "failed", cause: "lease-lost" });
  expect(files.read(layout.registry)).toEqual(before);
});

test("who asks it meanwhile has it look at nothing there, and mend nothing", async () => {
  const { scene } = await supervised();
  const { files, locks, layout } = scene.world;
  const name = "idle" as Personality;
  locks.removeLease(layout.daemonLease);
  files.remove(layout.registry);
  expect(scene.supervisor.snapshot().peers).toHaveLength(2);
  await scene.pass(1000);
  expect(scene.supervisor.why(name).presences).toHaveLength(1);
  await scene.pass(1000);
  expect(files.stat(layout.registry).state).toBe("missing");
  expect(scene.events("registry-unreadable")).toEqual([]);
});

test("deaths in it are no incident", async () => {
  const { scene } = await supervised();
  scene.world.locks.removeLease(scene.world.layout.daemonLease);
  for (const name of ["held", "idle"]) scene.kill(scene.server(name).process);
  await scene.pass(5000);
  expect(scene.events("incident")).toEqual([]);
});

test.each([false, true])("what it alone knows of stays unwritten; lost: %p", async (isLost) => {
  const { scene } = await supervised();
  const { files, locks, layout } = scene.world;
  scene.kill(scene.server("idle").pane.process);
  await scene.pass(1000);
  files.remove(layout.exitsLog);
  expect(await scene.ask("idle", "remove")).toMatchObject({ result: "done" });
  if (isLost) locks.removeLease(layout.daemonLease);
  await settle(scene.world.time, scene.supervisor.stop());
  expect(files.stat(layout.exitsLog).state).toBe(isLost ? "missing" : "ok");
});
