// A root that is lost while something waits in a lane, or for its time (lifecycle §4): by the time
// that its turn comes the root is another's, and nothing is written in it.

import { expect, test } from "bun:test";
import { supervise } from "../../src/daemon/supervise.ts";
import { expectRecord, recordAllExpected } from "../../src/daemon/unrecorded.ts";
import { ownSupervisor, type OwnSupervisor } from "./own-supervisor.ts";

/** Begun behind something that goes on until the root is lost, or is not. */
async function waiting({ scene, context, live, lose }: OwnSupervisor, isLost: boolean) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const before = context.lanes.run(live.identity, () => promise);
  return async () => {
    await scene.pass(1000);
    if (isLost) lose();
    resolve();
    await before;
    await scene.pass(5000);
  };
}

test.each([false, true])("a look, which completes a record; lost: %p", async (isLost) => {
  const of = await ownSupervisor();
  const { scene, context, live, server } = of;
  const record = `${server.dir}/start.json`;
  live.startOwed = true;
  scene.world.files.remove(record);
  const end = await waiting(of, isLost);
  void context.lanes.run(live.identity, () => supervise(context, live));
  await end();
  expect(scene.world.files.stat(record).state).toBe(isLost ? "missing" : "ok");
});

test.each([false, true])("a look at a life that nobody could judge; lost: %p", async (isLost) => {
  const of = await ownSupervisor();
  const { scene, context, live, ref, server } = of;
  scene.kill(server.process);
  scene.world.files.remove(`${server.dir}/end.json`);
  scene.world.files.writeAtomic(`${server.dir}/start.json`, "{");
  live.start = null;
  context.unrecorded.set(ref.generation, { ...ref, start: null, unsure: true });
  const end = await waiting(of, isLost);
  recordAllExpected(context);
  await end();
  const { generation } = ref;
  const tree = [`${server.dir}/start.json`, `${server.dir}/end.json`];
  const states = tree.map((path) => scene.world.files.stat(path).state);
  expect([...states, context.unrecorded.has(generation)]).toEqual(
    isLost ? ["ok", "missing", true] : ["missing", "ok", false],
  );
});

test.each([false, true])("an end that no witness records in time; lost: %p", async (isLost) => {
  const { scene, context, live, ref, server, lose } = await ownSupervisor((it) => {
    for (const entry of it.world.table.all()) if (entry.kind === "canary") it.kill(entry);
  });
  scene.kill(server.process);
  expectRecord(context, { ...ref, start: live.start });
  if (isLost) lose();
  await scene.pass(scene.world.config.witnessGraceMs);
  expect(scene.ends("echo")).toMatchObject([isLost ? null : { cause: "server-vanished" }]);
});
