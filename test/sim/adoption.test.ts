// How a daemon takes over what an earlier one left (lifecycle §4, §5): what may hang keeps no
// others waiting, one that is asked to end begins nothing, and how the clocks went is known.

import { describe, expect, test } from "bun:test";
import { pathsOf, readStart, writeStart } from "../../src/flows/session/records.ts";
import { ProgramRun } from "../fakes/programs.ts";
import { Scene } from "./scene.ts";

/** More than are adopted at once. */
const HUNG = 33;
/** A start no longer waits for them, and they have not been given up on. */
const WHILE_HUNG_MS = 1500;

/** A daemon that begins while tmux hangs, with many launches whose outcome nobody knows. */
async function crowd() {
  const hung = Array.from({ length: HUNG }, (_, index) => `a${index}`);
  const names = [...hung, "zed"];
  const peers = Object.fromEntries(names.map((name) => [name, { always_on: true }]));
  const scene = await Scene.of({ peers });
  await scene.pass(20_000);
  for (const name of hung) forgetServer(scene, name);
  scene.world.faults.hung = true;
  await scene.restart();
  await scene.pass(WHILE_HUNG_MS);
  return scene;
}

function forgetServer(scene: Scene, name: string): void {
  const { world } = scene;
  const { host } = scene.manned;
  const { generation } = scene.doc(name);
  if (generation === null) throw new Error("it has never lived");
  const ref = { identity: scene.identity(name), generation };
  const record = readStart(host, ref);
  if (record === null) throw new Error("it has no record");
  const { server: _server, pane: _pane, ...first } = record;
  writeStart(host, first);
  world.files.remove(pathsOf(host, ref).pids);
}

const stateOf = ({ supervisor }: Scene, name: string) =>
  supervisor.snapshot().peers.find(({ personality }) => personality === name)?.runtimes[0]?.state;

describe("many launches that hang", () => {
  test("keep none waiting whose server is known", async () => {
    const scene = await crowd();
    expect([stateOf(scene, "a0"), stateOf(scene, "zed")]).toEqual(["unknown", "alive"]);
    scene.kill(scene.server("zed").process);
    await scene.pass(100);
    expect(scene.doc("zed").deaths).toHaveLength(1);
  });

  test("are looked at no more once the daemon is to end", async () => {
    const scene = await crowd();
    const { tmux } = scene.manned.host;
    let asked = 0;
    const query = tmux.query.bind(tmux);
    tmux.query = (...of) => {
      asked += 1;
      return query(...of);
    };
    const stopping = scene.supervisor.stop();
    await scene.pass(20_000);
    await stopping;
    asked = 0;
    await scene.pass(60_000);
    expect(asked).toBe(0);
  });
});

describe("idle ages", () => {
  const config = { idleMs: 600_000 };
  const DAY_MS = 86_400_000;
  const working = async () => {
    const scene = await Scene.of({ peers: { echo: {} }, config });
    await scene.ask("echo", "wake");
    await scene.pass(config.idleMs / 2);
    return scene;
  };
  const isAlive = (scene: Scene) => scene.ends("echo").includes(null);

  test("go on where nothing happened to the clocks, from the latest sign", async () => {
    const scene = await working();
    const { program } = scene.server("echo").pane;
    if (program instanceof ProgramRun) program.work();
    await scene.pass(config.idleMs / 2);
    await scene.restart();
    await scene.pass(config.idleMs / 2 - scene.world.config.tickMs);
    expect(isAlive(scene)).toBe(true);
    await scene.pass(2 * scene.world.config.tickMs);
    expect(scene.ends("echo")).toMatchObject([{ reason: "idle" }]);
  });

  test("begin anew where nobody knows how they went", async () => {
    const scene = await working();
    scene.killDaemon();
    scene.world.files.remove(scene.world.layout.heartbeat);
    await scene.restart();
    await scene.pass(config.idleMs - 10_000);
    expect(isAlive(scene)).toBe(true);
    await scene.pass(2 * scene.world.config.tickMs);
    expect(scene.ends("echo")).toMatchObject([{ reason: "idle" }]);
  });

  test("begin at a jump that the daemon before has told of", async () => {
    const scene = await working();
    scene.world.time.setWallBy(DAY_MS);
    await scene.pass(2 * scene.world.config.tickMs);
    await scene.restart();
    await scene.pass(config.idleMs - 3 * scene.world.config.tickMs);
    expect(isAlive(scene)).toBe(true);
    await scene.pass(3 * scene.world.config.tickMs);
    expect(scene.ends("echo")).toMatchObject([{ reason: "idle" }]);
  });

  test.each([true, false])("do not wait for a clock to catch up; told of: %p", async (isTold) => {
    const scene = await working();
    const { files, layout, time } = scene.world;
    time.setWallBy(-DAY_MS);
    await scene.pass(2 * scene.world.config.tickMs);
    scene.killDaemon();
    const read = files.read(layout.heartbeat);
    const { jumpMono, ...beat } = JSON.parse(read.state === "ok" ? read.text : "");
    expect(jumpMono).toBeNumber();
    if (!isTold) files.writeAtomic(layout.heartbeat, JSON.stringify(beat));
    await scene.restart();
    await scene.pass(config.idleMs / 2);
    expect(isAlive(scene)).toBe(true);
    await scene.pass(config.idleMs / 2 + 2 * scene.world.config.tickMs);
    expect(scene.ends("echo")).toMatchObject([{ reason: "idle" }]);
  });

  test("begin at a sign that was given since the clock was set back", async () => {
    const scene = await working();
    scene.world.time.setWallBy(-DAY_MS);
    await scene.pass(config.idleMs / 2);
    const { program } = scene.server("echo").pane;
    if (program instanceof ProgramRun) program.work();
    await scene.restart();
    await scene.pass(config.idleMs - scene.world.config.tickMs);
    expect(isAlive(scene)).toBe(true);
    await scene.pass(2 * scene.world.config.tickMs);
    expect(scene.ends("echo")).toMatchObject([{ reason: "idle" }]);
  });
});
