// What is done in an identity's lane (daemon/supervise): a launch that was cut off is completed
// before anything else, and what cannot be done now is tried once a look.

import { expect, test } from "bun:test";
import { supervise } from "../../src/daemon/supervise.ts";
import { finishLife } from "../../src/daemon/unfinished.ts";
import { stopPresence } from "../../src/daemon/verbs/halt.ts";
import { renderStartRecord } from "../../src/formats/start-record.ts";
import { AGENT, PLAIN } from "../fakes/runtime.ts";
import { settle } from "../fakes/time.ts";
import { Scene } from "../sim/scene.ts";
import { ownSupervisor } from "./own-supervisor.ts";

/** Its launcher died before it had seen whom it had started. */
async function cutOff() {
  const of = await ownSupervisor();
  const { live, scene, server, context } = of;
  if (live.start === null) throw new Error("it has no record");
  const { server: _server, pane: _pane, ...bare } = live.start;
  const text = renderStartRecord(bare);
  scene.world.files.writeAtomic(`${server.dir}/start.json`, text);
  scene.world.files.remove(`${server.dir}/pids`);
  live.start = bare;
  const inLane = <T>(work: () => Promise<T>) =>
    settle(scene.world.time, context.lanes.run(live.identity, work));
  const stored = () => scene.world.files.read(`${server.dir}/start.json`);
  return { ...of, inLane, text, stored };
}

test("a look completes a launch before it is over", async () => {
  const { context, live, server, inLane } = await cutOff();
  await inLane(() => supervise(context, live));
  expect(live.start?.server).toEqual(server.process.ref);
});

test("a stop completes it first, and then ends it", async () => {
  const { context, live, server, scene } = await cutOff();
  const stopping = stopPresence(context, live, { reason: "stop" });
  expect(await settle(scene.world.time, stopping)).toMatchObject({ result: "done" });
  expect(server.process.state).not.toBe("running");
});

test("one of which nobody can tell what became stays as it is", async () => {
  const { context, live, inLane, text, stored, scene } = await cutOff();
  scene.world.faults.hung = true;
  await inLane(() => finishLife(context, live));
  expect(stored()).toMatchObject({ text });
  expect(scene.ends("echo")).toEqual([null]);
});

test("a record for which there is no room is tried once a look", async () => {
  const { context, live, scene, server } = await ownSupervisor((it) => {
    for (const entry of it.world.table.all()) if (entry.kind === "canary") it.kill(entry);
  });
  scene.kill(server.process);
  await scene.pass(scene.world.config.tickMs);
  let tries = 0;
  context.host.files.linkNew = () => {
    tries += 1;
    return { state: "failed", code: "ENOSPC", detail: "no room" };
  };
  const looking = context.lanes.run(live.identity, () => supervise(context, live));
  await settle(scene.world.time, looking);
  await scene.pass(5000);
  tries = 0;
  await settle(scene.world.time, supervise(context, live));
  expect(tries).toBe(1);
});

test("a fresh start that cannot be handed on to the default presence is not lost", async () => {
  const two = { runtimes: [AGENT, PLAIN], default_runtime: AGENT, command: { argv: ["plain"] } };
  const scene = await Scene.of({ peers: { two } });
  await scene.ask("two", "wake", { runtime: PLAIN });
  const doc = scene.world.layout.identityDoc(scene.identity("two"));
  const [agent, plain] = [AGENT, PLAIN].map((name) => doc.replace(/[^/]*$/, `${name}-two.json`));
  if (agent === undefined || plain === undefined) throw new Error("no documents");
  const mark = () => JSON.stringify(scene.world.files.read(plain)).includes('newEager\\":true');
  scene.world.files.denied.add(agent);
  await scene.ask("two", "self-fresh", { runtime: PLAIN });
  await scene.pass(scene.world.config.tickMs);
  expect([mark(), scene.world.tmux.servers().length]).toEqual([true, 0]);
  scene.world.files.denied.clear();
  await scene.pass(2 * scene.world.config.tickMs);
  expect(mark()).toBe(false);
  expect(scene.world.tmux.servers().map(({ identity }) => String(identity))).toEqual([
    `${AGENT}-two`,
  ]);
});
