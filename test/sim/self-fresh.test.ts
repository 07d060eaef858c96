// `self-fresh` is answered before it is done: whatever becomes of the daemon meanwhile, the session
// that asked makes way for a fresh one, and nobody else's does (lifecycle §4).

import { describe, expect, test } from "bun:test";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import { Scene } from "./scene.ts";

const DONE = { result: "done", detail: "a fresh session takes over in a moment" };
const FRESH = [{ ev: "teardown", reason: "new" }, null];

async function asked() {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const asking = scene.begin("echo", "self-fresh");
  await scene.pass(100);
  expect(asking.answer).toMatchObject(DONE);
  expect(scene.ends("echo")).toEqual([null]);
  return scene;
}

async function crashLoop(scene: Scene): Promise<void> {
  for (let deaths = 0; deaths < 3; deaths += 1) {
    await scene.ask("echo", "wake");
    scene.kill(scene.server("echo").process);
    await scene.pass(2000);
  }
}

test("by the daemon that comes after one that was killed", async () => {
  const scene = await asked();
  await scene.restart();
  await scene.pass(3000);
  expect(scene.ends("echo")).toMatchObject(FRESH);
  expect(scene.doc("echo")).toMatchObject({ newEager: false, deaths: [] });
});

test("on the default runtime, and at once, where another one's session asked", async () => {
  const two = { runtimes: [AGENT, PLAIN], default_runtime: AGENT, command: { argv: ["plain"] } };
  const scene = await Scene.of({ peers: { two } });
  await scene.ask("two", "wake", { runtime: PLAIN });
  expect(await scene.ask("two", "self-fresh", { runtime: PLAIN })).toMatchObject(DONE);
  const up = () => scene.world.tmux.servers().map(({ identity }) => String(identity));
  expect(up()).toEqual([`${AGENT}-two`]);
  await scene.pass(3 * scene.world.config.tickMs);
  expect(scene.doc("two")).toMatchObject({ newEager: false });
  expect(scene.events("wake")).toHaveLength(2);
});

/** A message wakes the default one meanwhile, with this outcome of its launch. */
test.each(["well", "ill"])("once the default one, which is being launched %s", async (how) => {
  const two = { runtimes: [AGENT, PLAIN], default_runtime: AGENT, command: { argv: ["plain"] } };
  const scene = await Scene.of({ peers: { two }, config: { idleMs: 600_000 } });
  await scene.ask("two", "wake", { runtime: PLAIN });
  scene.begin("two", "self-fresh", { runtime: PLAIN });
  await scene.pass(200);
  const { tmux, clock } = scene.manned.host;
  const launch = tmux.newSession.bind(tmux);
  tmux.newSession = async (spec) => {
    tmux.newSession = launch;
    await clock.sleep(2000);
    if (how === "well") return launch(spec);
    return { state: "failed", reason: "refused", detail: "as the test says" };
  };
  const woken = scene.begin("two", "wake", { runtime: AGENT });
  await scene.pass(10_000);
  expect(woken.answer).toMatchObject({ result: how === "well" ? "woke" : "failed" });
  expect(scene.world.tmux.servers()).toHaveLength(1);
  expect(scene.doc("two")).toMatchObject({ newEager: false });
  await scene.pass(2_000_000);
  expect(scene.ends("two").at(-1)).toMatchObject({ ev: "teardown", reason: "idle" });
  expect(scene.world.tmux.servers()).toEqual([]);
});

test("by the daemon that comes after one that was stopped", async () => {
  const scene = await asked();
  const stopping = scene.supervisor.stop();
  await scene.pass(1000);
  await stopping;
  expect(scene.ends("echo")).toEqual([null]);
  await scene.restart();
  await scene.pass(3000);
  expect(scene.ends("echo")).toMatchObject(FRESH);
});

test("once it can be told whether it lives", async () => {
  const scene = await asked();
  scene.world.faults.unknown = 1;
  await scene.pass(10_000);
  expect(scene.ends("echo")).toEqual([null]);
  scene.world.faults.unknown = 0;
  await scene.pass(scene.world.config.tickMs);
  expect(scene.ends("echo")).toMatchObject(FRESH);
  await scene.pass(3 * scene.world.config.tickMs);
  expect(scene.ends("echo")).toHaveLength(2);
});

test("not by a verb without a daemon, which could launch nobody", async () => {
  const scene = await asked();
  await scene.standAlone("echo", "refresh");
  expect(await scene.ask("echo", "refresh")).toMatchObject({ result: "done" });
  expect(scene.ends("echo")).toEqual([null]);
  expect(scene.doc("echo")).toMatchObject({ newEager: true });
});

test("a presence of the default runtime that is alive keeps its session", async () => {
  const two = { runtimes: [PLAIN, AGENT], default_runtime: PLAIN };
  const scene = await Scene.of({ peers: { echo: two } });
  await scene.ask("echo", "wake", { runtime: AGENT });
  await scene.ask("echo", "wake", { runtime: PLAIN });
  const { process } = serverOf(scene, PLAIN);
  await scene.ask("echo", "self-fresh", { runtime: AGENT });
  expect(scene.world.tmux.servers().map(({ identity }) => String(identity))).toEqual([
    `${PLAIN}-echo`,
  ]);
  await scene.restart();
  await scene.pass(130_000);
  expect(serverOf(scene, PLAIN).process).toBe(process);
  expect(await scene.ask("echo", "stop", { runtime: PLAIN })).toMatchObject({ result: "done" });
});

describe("what is said by a life is about that life alone", () => {
  test.each(["self-fresh", "self-done"] as const)("%s, when new is faster", async (verb) => {
    const worker = { wake_policy: "ephemeral" } as const;
    const scene = await Scene.of({ peers: { echo: worker }, stubborn: true });
    await scene.ask("echo", "wake");
    const { generation } = scene.doc("echo");
    const renewing = scene.begin("echo", "new");
    const saying = scene.begin("echo", verb, { generation: generation ?? "" });
    await scene.pass(15_000);
    expect(renewing.answer).toMatchObject({ result: "woke" });
    expect(saying.answer).toMatchObject({ result: "refused", cause: "past-life" });
    expect(scene.doc("echo")).toMatchObject({ newEager: false, ephemeralArmed: false });
    expect(scene.ends("echo")).toMatchObject([{ reason: "new" }, null]);
  });

  test("said twice, it is begun afresh once", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await scene.ask("echo", "wake");
    const generation = scene.doc("echo").generation ?? "";
    expect(await scene.ask("echo", "self-fresh", { generation })).toMatchObject(DONE);
    expect(await scene.ask("echo", "self-fresh", { generation })).toMatchObject({
      result: "refused",
      cause: "past-life",
    });
    expect(scene.ends("echo")).toMatchObject(FRESH);
  });
});

describe("nobody is promised a fresh session that will not come", () => {
  test("of a stopped peer", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await scene.ask("echo", "stop");
    const next = "iapeer start echo";
    const said = await scene.ask("echo", "self-fresh");
    expect(said).toMatchObject({ result: "refused", cause: "stopped", next });
    expect(scene.doc("echo")).toMatchObject({ newEager: false });
  });

  test("of a crash-looped peer, whose session goes on", async () => {
    const scene = await Scene.of({ peers: { echo: {} } });
    await crashLoop(scene);
    await scene.ask("echo", "folder-launch");
    const said = await scene.ask("echo", "self-fresh");
    expect(said).toMatchObject({ result: "refused", cause: "crash-loop" });
    expect(scene.ends("echo").at(-1)).toBeNull();
  });

  test("of another runtime, whose default one is stopped", async () => {
    const two = { runtimes: [PLAIN, AGENT], default_runtime: PLAIN };
    const scene = await Scene.of({ peers: { echo: two } });
    await scene.ask("echo", "wake", { runtime: AGENT });
    await scene.ask("echo", "stop", { runtime: PLAIN });
    const said = await scene.ask("echo", "self-fresh", { runtime: AGENT });
    const next = "iapeer start echo";
    expect(said).toMatchObject({ result: "refused", cause: "stopped", next });
    expect(scene.world.tmux.servers()).toHaveLength(1);
  });
});

test("a worker that is over is not done once more", async () => {
  const scene = await Scene.of({ peers: { echo: { wake_policy: "ephemeral" } } });
  const next = "iapeer wake echo";
  const said = await scene.ask("echo", "self-done");
  expect(said).toMatchObject({ result: "failed", cause: "asleep", next });
});

test("keys for a crash-looped peer name what is not refused", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await crashLoop(scene);
  const said = await scene.ask("echo", "interrupt");
  expect(said).toMatchObject({ result: "failed", cause: "asleep", next: "iapeer new echo" });
});

const serverOf = (scene: Scene, runtime: string) => {
  const servers = scene.world.tmux.servers();
  const found = servers.find(({ identity }) => identity === `${runtime}-echo`);
  if (found === undefined) throw new Error(`${runtime} has no server`);
  return found;
};
