// A verb while no daemon runs (docs/decisions/0012): it ends and records what it is about, looks
// after nobody else, and launches nobody; the next daemon does all of that.

import { expect, test } from "bun:test";
import { wallMs } from "../../src/core/brand.ts";
import type { Personality } from "../../src/core/names.ts";
import { createAlone } from "../../src/daemon/one-verb.ts";
import { lastBeat } from "../../src/flows/service/last-daemon.ts";
import { pathsOf, readStart, writeStart } from "../../src/flows/session/records.ts";
import { FakeLease } from "../fakes/lock.ts";
import { Scene } from "./scene.ts";

const ALWAYS = { always_on: true };

const running = (scene: Scene): readonly string[] =>
  scene.world.tmux.servers().map(({ identity }) => identity.replace(/^.*-/, ""));

async function twoPeers(stubborn = false): Promise<Scene> {
  const scene = await Scene.of({ peers: { x: ALWAYS, y: ALWAYS }, stubborn });
  await scene.pass(15_000);
  expect(running(scene).toSorted()).toEqual(["x", "y"]);
  return scene;
}

test("another peer that dies during a stop is left to the next daemon", async () => {
  const scene = await twoPeers(true);
  await scene.standAlone("x", "stop");
  const stop = scene.begin("x", "stop");
  await scene.pass(100);
  expect(stop.answer).toBeNull();
  scene.kill(scene.server("y").process);
  await scene.pass(60_000);
  expect(stop.answer).toMatchObject({ result: "done" });
  expect(running(scene)).toEqual([]);
  expect(scene.doc("y")).toMatchObject({ deaths: [] });
  await scene.restart();
  await scene.pass(15_000);
  expect(running(scene)).toEqual(["y"]);
  expect(scene.ends("y")).toEqual([expect.objectContaining({ ev: "server-exit" }), null]);
});

test("others whose life had ended before get their one record from the next daemon", async () => {
  const scene = await twoPeers();
  const { dir } = scene.server("y");
  scene.killDaemon();
  scene.world.reboot(1000);
  await scene.standAlone("x", "stop");
  const stop = scene.begin("x", "stop");
  await scene.pass(15_000);
  expect(stop.answer).toMatchObject({ result: "done" });
  expect(scene.ends("x")).toMatchObject([{ cause: "host-reboot" }]);
  expect(scene.ends("y")).toEqual([null]);
  expect(scene.world.files.stat(`${dir}/end.json`).state).toBe("missing");
  expect(running(scene)).toEqual([]);
  await scene.restart();
  await scene.pass(15_000);
  expect(scene.ends("y")).toEqual([expect.objectContaining({ cause: "host-reboot" }), null]);
  expect(running(scene)).toEqual(["y"]);
});

test("the peer that a verb is about is not launched by it either, however it died", async () => {
  const scene = await twoPeers();
  await scene.standAlone("x", "refresh");
  scene.kill(scene.server("x").process);
  await scene.pass(60_000);
  expect(scene.ends("x")).toMatchObject([{ ev: "server-exit" }]);
  expect(await scene.ask("x", "refresh")).toMatchObject({ result: "done" });
  await scene.pass(60_000);
  expect(running(scene)).toEqual(["y"]);
  await scene.restart();
  await scene.pass(15_000);
  expect(running(scene).toSorted()).toEqual(["x", "y"]);
  expect(scene.ends("x")).toHaveLength(2);
});

test("a launch of another that was cut off is the next daemon's to complete", async () => {
  const scene = await twoPeers();
  scene.killDaemon();
  const { world } = scene;
  scene.manned = world.man();
  const { host, watch } = scene.manned;
  const { generation } = scene.doc("y");
  if (generation === null) throw new Error("it has never lived");
  const ref = { identity: scene.identity("y"), generation };
  const record = readStart(host, ref);
  if (record === null) throw new Error("it has no record");
  const { server: _server, pane: _pane, ...first } = record;
  writeStart(host, first);
  host.files.remove(pathsOf(host, ref).pids);
  const lease = new FakeLease(world.locks, { ended: false });
  const perform = createAlone({ host, lease, createWatch: () => watch });
  const call = { personality: "x" as Personality, verb: "stop", request: {} } as const;
  const asked = perform(call, new AbortController().signal);
  await scene.pass(15_000);
  expect(await asked).toMatchObject({ state: "answered", value: { result: "done" } });
  expect(readStart(host, ref)).toEqual(first);
  await scene.restart();
  expect(readStart(scene.manned.host, ref)).toEqual(record);
  expect(running(scene)).toEqual(["y"]);
});

test.each([3_600_000, -3_600_000])("a clock set by %d ms is noted as of the daemon", async (by) => {
  const scene = await twoPeers();
  scene.supervisor.tick();
  const before = lastBeat(scene.manned.host);
  scene.killDaemon();
  scene.world.time.setWallBy(by);
  await scene.pass(10_000);
  await scene.standAlone("x", "self-done");
  expect(scene.events("clock-jump")).toMatchObject([{ fields: { kind: "set", delta_ms: by } }]);
  const after = lastBeat(scene.manned.host);
  expect(after).toMatchObject({ pid: before?.pid ?? 0, boot: before?.boot ?? 0, alive: 2 });
  expect(after?.wall).toBe(wallMs((before?.wall ?? 0) + by));
  await scene.restart();
  expect(scene.events("clock-jump")).toHaveLength(1);
});

test("a suspend that a lone verb has told of is not told again", async () => {
  const scene = await twoPeers();
  scene.supervisor.tick();
  const before = lastBeat(scene.manned.host);
  scene.killDaemon();
  scene.world.time.suspend(3_600_000);
  await scene.standAlone("x", "self-done");
  expect(scene.events("clock-jump")).toMatchObject([{ fields: { kind: "suspend" } }]);
  expect(lastBeat(scene.manned.host)).toMatchObject({ wall: before?.wall ?? 0 });
  await scene.restart();
  expect(scene.events("clock-jump")).toHaveLength(1);
});
