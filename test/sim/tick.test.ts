// The periodic pass (lifecycle §4): one identity's trouble is nobody else's, and what accumulates
// has a bound.

import { describe, expect, test } from "bun:test";
import type { Personality } from "../../src/core/names.ts";
import { GENERATIONS_KEPT } from "../../src/daemon/housekeeping.ts";
import { sweepTemporaries } from "../../src/flows/storage/sweep.ts";
import { ProgramRun } from "../fakes/programs.ts";
import { AGENT } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

const DAY_MS = 86_400_000;

test("an adapter that throws keeps nobody from being supervised", async () => {
  const scene = await Scene.of({
    peers: { ann: { default_runtime: AGENT }, zed: {} },
    watch: "broken",
  });
  for (const name of ["ann", "zed"]) await scene.ask(name, "wake");
  const runtime = scene.world.runtimes.get(AGENT);
  if (runtime === undefined) throw new Error("no agent");
  runtime.lastActivity = () => {
    throw new Error("a transcript like no other");
  };
  scene.kill(scene.server("zed").process);
  const beat = () => scene.world.files.read(scene.world.layout.heartbeat);
  const before = beat();
  await scene.pass(2 * scene.world.config.tickMs);
  expect(scene.doc("zed").deaths).toHaveLength(1);
  expect(beat()).not.toEqual(before);
  expect(scene.events("bug")[0]?.fields).toMatchObject({ identity: `${AGENT}-ann` });
});

/** Longer than the time between two clean-ups. */
const HOUSE_MS = 31 * 60_000;

test("what killed writers left is swept, what is being written is not", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const { files, layout, table } = scene.world;
  const { dir } = scene.server("echo");
  const writer = table.spawn({ kind: "stranger" }).ref.pid;
  const dead = [
    `${layout.root}/.iapeer-98-1.tmp`,
    `${layout.identityDocsDir}/.iapeer-98-2.tmp`,
    `${dir}/.iapeer-98-3.tmp`,
    `${dir}/.end.98`,
    "/home/iapeer/peers/echo/.iapeer/.iapeer-98-4.tmp",
  ];
  const kept = [`${layout.root}/.iapeer-${writer}-1.tmp`, `${layout.root}/.iapeer-98-1.tmp.mine`];
  for (const path of [...dead, ...kept]) files.writeAtomic(path, "half");
  await scene.pass(HOUSE_MS);
  const young = `${layout.root}/.iapeer-98-5.tmp`;
  expect(dead.filter((path) => files.stat(path).state === "ok")).toEqual([]);
  expect(kept.filter((path) => files.stat(path).state === "ok")).toEqual(kept);
  expect(scene.events("housekeeping")).toMatchObject([{ fields: { swept: dead.length } }]);
  files.writeAtomic(young, "half");
  expect(sweepTemporaries(scene.manned.host, [layout.root])).toBe(0);
});

test("the folders of lives long over go while the daemon runs", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  for (let life = 0; life < GENERATIONS_KEPT + 5; life += 1) {
    await scene.ask("echo", "wake");
    await scene.ask("echo", "stop");
    await scene.ask("echo", "start");
    await scene.ask("echo", "stop");
    await scene.ask("echo", "start");
    if (scene.ends("echo").length > GENERATIONS_KEPT + 5) break;
  }
  expect(scene.ends("echo").length).toBeGreaterThan(GENERATIONS_KEPT);
  await scene.pass(HOUSE_MS);
  expect(scene.ends("echo")).toHaveLength(GENERATIONS_KEPT);
  expect(scene.ends("echo").at(-1)).toBeNull();
});

test("a log that takes nothing is tried once a tick, whatever is missing in it", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  const { log } = scene.manned.host;
  const write = log.write.bind(log);
  let tried = 0;
  let takes = false;
  log.write = (name, event) => {
    if (name === "exits") tried += 1;
    if (name !== "exits" || takes) write(name, event);
  };
  log.trouble = () => (takes ? null : "exits.log: no");
  for (let life = 0; life < 4; life += 1) {
    await scene.ask("echo", "start");
    await scene.ask("echo", "stop");
  }
  tried = 0;
  await scene.pass(3 * scene.world.config.tickMs);
  expect(tried).toBe(3);
  takes = true;
  await scene.pass(2 * scene.world.config.tickMs);
  const read = scene.world.files.read(scene.world.layout.exitsLog);
  expect(read.state === "ok" && read.text.split("\n").filter(Boolean)).toHaveLength(4);
});

test("why tells of wakes, and of those that were refused", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  await scene.ask("echo", "stop");
  for (let message = 0; message < 3; message += 1) {
    await scene.ask("echo", "wake", { message: "hello" });
  }
  const [presence] = scene.supervisor.why("echo" as Personality).presences;
  const told = presence?.decisions.map(({ action, cause }) => `${action} ${cause}`) ?? [];
  expect(told.filter((line) => line.startsWith("wake"))).toEqual([
    "wake-fresh first-wake",
    "wake-refused stopped",
  ]);
});

describe("a clock that was set back by a day", () => {
  const config = { idleMs: 600_000 };

  test("lets idle ages begin anew, and end in their time", async () => {
    const scene = await Scene.of({ peers: { echo: {} }, config });
    await scene.ask("echo", "wake");
    await scene.pass(config.idleMs / 2);
    scene.world.time.setWallBy(-DAY_MS);
    await scene.pass(config.idleMs);
    expect(scene.ends("echo")).toEqual([null]);
    await scene.pass(3 * scene.world.config.tickMs);
    expect(scene.ends("echo")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
  });

  test("lets one that was asleep meanwhile rest, whose transcript lies ahead", async () => {
    const scene = await Scene.of({ peers: { ann: { default_runtime: AGENT } }, config });
    await scene.ask("ann", "wake", { message: "hello" });
    await scene.ask("ann", "stop");
    scene.world.time.setWallBy(-DAY_MS);
    await scene.ask("ann", "start");
    await scene.pass(config.idleMs + 3 * scene.world.config.tickMs);
    expect(scene.ends("ann")).toMatchObject([{ reason: "idle" }, { reason: "stop" }]);
  });

  test("parks nobody who works on", async () => {
    const scene = await Scene.of({ peers: { echo: {} }, config });
    await scene.ask("echo", "wake");
    scene.world.time.setWallBy(-DAY_MS);
    for (let minute = 0; minute < 20; minute += 1) {
      await scene.pass(60_000);
      const { program } = scene.server("echo").pane;
      if (program instanceof ProgramRun) program.work();
    }
    expect(scene.ends("echo")).toEqual([null]);
  });
});
