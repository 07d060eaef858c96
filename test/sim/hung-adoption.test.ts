// A tmux that hangs while the daemon starts, with a launch of which nobody knows how it went
// (lifecycle §5): its own peer waits for it, and nobody else does.

import { expect, test } from "bun:test";
import type { WhyPresence } from "../../src/core/snapshot.ts";
import type { Personality } from "../../src/core/names.ts";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import {
  listGenerations,
  pathsOf,
  readStart,
  writeStart,
} from "../../src/flows/session/records.ts";
import type { Host } from "../../src/ports/host.ts";
import { Scene } from "./scene.ts";

/** Longer than a start waits for all to be adopted, and shorter than the launch is waited for. */
const WHILE_HUNG_MS = 1500;
/** The hung one has been given up on for now. */
const THROUGH_MS = 15_000;

interface Place {
  readonly scene: Scene;
  readonly hang: { on: boolean };
  readonly hasStarted: () => boolean;
}

/** `hung` has a living session whose record is as of the middle of its launch. */
async function place(): Promise<Place> {
  const scene = await Scene.of({
    peers: { hung: { always_on: true }, fine: {}, bell: { always_on: true } },
  });
  await scene.pass(61_000);
  await scene.ask("fine", "wake");
  forgetServer(scene);
  scene.killDaemon();
  const hang = { on: true };
  scene.manned = scene.world.man();
  scene.log.length = 0;
  const host = hangingHost(scene, hang);
  scene.supervisor = createSupervisor(host, scene.manned.watch);
  let hasStarted = false;
  void scene.supervisor.start().then(() => (hasStarted = true));
  await scene.pass(WHILE_HUNG_MS);
  return { scene, hang, hasStarted: () => hasStarted };
}

function forgetServer(scene: Scene): void {
  const { host } = scene.manned;
  const { generation } = scene.doc("hung");
  if (generation === null) throw new Error("it has never lived");
  const ref = { identity: scene.identity("hung"), generation };
  const record = readStart(host, ref);
  if (record === null) throw new Error("it has no record");
  const { server: _server, pane: _pane, ...first } = record;
  writeStart(host, first);
  host.files.remove(pathsOf(host, ref).pids);
}

function hangingHost(scene: Scene, hang: { on: boolean }): Host {
  const { host } = scene.manned;
  const { socket } = scene.server("hung");
  const query: Host["tmux"]["query"] = (at, ...rest) =>
    hang.on && at === socket
      ? Promise.resolve({ state: "unknown", detail: "it hangs" })
      : host.tmux.query(at, ...rest);
  const tmux = new Proxy(host.tmux, {
    get: (real, name: keyof Host["tmux"]) => (name === "query" ? query : real[name].bind(real)),
  });
  return { ...host, tmux };
}

const stateOf = ({ supervisor }: Scene, name: string) =>
  supervisor.snapshot().peers.find(({ personality }) => personality === name)?.runtimes[0]?.state;

const whyOf = ({ supervisor }: Scene, name: string): WhyPresence | undefined =>
  supervisor.why(name as Personality).presences[0];

const heartbeat = ({ world }: Scene) => {
  const read = world.files.read(world.layout.heartbeat);
  return read.state === "ok" ? read.text : "";
};

test("the daemon answers, ticks and looks after everybody else", async () => {
  const { scene, hasStarted } = await place();
  expect(hasStarted()).toBe(true);
  expect(heartbeat(scene)).toContain('"ticks":1,');
  expect(stateOf(scene, "hung")).toBe("unknown");
  expect(whyOf(scene, "hung")?.state).toBe("unknown");
  expect(stateOf(scene, "fine")).toBe("alive");
  expect(scene.events("started")).toEqual([]);
  scene.kill(scene.server("bell").process);
  expect(await scene.ask("fine", "stop")).toMatchObject({ result: "done" });
  expect(stateOf(scene, "bell")).toBe("alive");
  expect(scene.doc("bell").deaths).toHaveLength(1);
});

test("its own peer's verb waits for it, and nothing is launched or ended before", async () => {
  const { scene, hang } = await place();
  const life = scene.server("hung").dir;
  const stopping = scene.begin("hung", "stop");
  scene.supervisor.enqueue(scene.identity("hung"));
  scene.supervisor.tick();
  await scene.pass(1000);
  expect(stopping.answer).toBeNull();
  expect(scene.server("hung").dir).toBe(life);
  expect(scene.ends("hung")).toEqual([null]);
  hang.on = false;
  await scene.pass(3000);
  expect(stopping.answer).toMatchObject({ result: "done" });
  expect(scene.ends("hung")).toMatchObject([{ ev: "teardown", reason: "stop" }]);
});

test("the start is told once all are adopted, with everybody who lives", async () => {
  const { scene, hang } = await place();
  hang.on = false;
  await scene.pass(1000);
  expect(scene.events("started")).toMatchObject([{ fields: { peers: 3, alive: 3 } }]);
  expect(stateOf(scene, "hung")).toBe("alive");
  await scene.supervisor.stop();
  expect(scene.events("stopped")).toHaveLength(1);
});

test("one that goes on hanging stays unknown, and is looked after once it answers", async () => {
  const { scene, hang } = await place();
  await scene.pass(THROUGH_MS);
  expect(scene.events("started")).toMatchObject([{ fields: { peers: 3, alive: 2 } }]);
  expect(stateOf(scene, "hung")).toBe("unknown");
  hang.on = false;
  await scene.pass(61_000);
  expect(stateOf(scene, "hung")).toBe("alive");
  const { identity } = scene.server("hung");
  expect(listGenerations(scene.manned.host, identity)).toHaveLength(1);
  expect(scene.ends("hung")).toEqual([null]);
});

test("a daemon that is stopped meanwhile leaves all as it is, and tells no start", async () => {
  const { scene } = await place();
  const stopping = scene.supervisor.stop();
  await scene.pass(THROUGH_MS);
  await stopping;
  expect(scene.events("started")).toEqual([]);
  expect(scene.events("stopped")).toEqual([]);
  expect(scene.ends("hung")).toEqual([null]);
});

test("what goes wrong about one is told as a bug, and all others are adopted", async () => {
  const peers = { odd: { always_on: true }, fine: { always_on: true } };
  const scene = await Scene.of({ peers });
  await scene.pass(3000);
  scene.killDaemon();
  scene.manned = scene.world.man();
  const { host } = scene.manned;
  const dir = host.layout.sessionDir(scene.identity("odd"));
  let isNew = true;
  const list = (path: string) => {
    if (path === dir && isNew) {
      isNew = false;
      throw new Error("never thought of");
    }
    return host.files.list(path);
  };
  const files: Host["files"] = { ...host.files, list };
  scene.supervisor = createSupervisor({ ...host, files }, scene.manned.watch);
  await scene.start();
  expect(scene.events("bug")).toMatchObject([{ fields: { identity: scene.identity("odd") } }]);
  expect(scene.events("started")).toHaveLength(2);
  expect(scene.supervisor.facts.ticks()).toBe(1);
  scene.kill(scene.server("fine").process);
  await scene.pass(3000);
  expect(stateOf(scene, "fine")).toBe("alive");
});

test("a life of before that nobody can tell of is asked about once at a time", async () => {
  const scene = await Scene.of({ peers: { echo: {} }, config: { tickMs: 1000 } });
  await scene.ask("echo", "wake");
  await scene.ask("echo", "new");
  const { host } = scene.manned;
  const identity = scene.identity("echo");
  const [generation] = listGenerations(host, identity);
  if (generation === undefined) throw new Error("it has never lived");
  const { start, end, pids } = pathsOf(host, { identity, generation });
  for (const path of [start, end, pids]) scene.world.files.remove(path);
  scene.world.faults.hung = true;
  await scene.restart();
  await scene.pass(60_000);
  const stopping = scene.begin("echo", "stop");
  await scene.pass(10_000);
  expect(stopping.answer).toMatchObject({ result: "done" });
  scene.world.faults.hung = false;
  await scene.pass(10_000);
  expect(scene.ends("echo")).toMatchObject([{ by: "daemon" }, { reason: "stop" }]);
});
