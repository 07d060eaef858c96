// What a rename looks at before anything moves: all of the peer is over, with every end on record
// and accounted for, in lanes of its own; and what it does to a job that it took away in vain.

import { expect, test } from "bun:test";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { addRuntime } from "../../src/flows/peers/change.ts";
import type { Host } from "../../src/ports/host.ts";
import { NO_WATCH } from "../fakes/death-watch.ts";
import { AGENT } from "../fakes/runtime.ts";
import { FakeServiceManager } from "../fakes/service-manager.ts";
import { must, preparedPlace } from "../flows/root-host.ts";
import { Scene } from "./scene.ts";

test("an end of ours that could not be written waits for its place", async () => {
  const scene = await Scene.of({ peers: { once: {} }, config: { idleMs: 600_000 } });
  await scene.ask("once", "wake");
  const { config, tmux } = scene.world;
  const { files } = scene.manned.host;
  const linkNew = files.linkNew.bind(files);
  files.linkNew = () => ({ state: "failed", code: "EDQUOT", detail: "over quota" });
  await scene.pass(config.idleMs + 2 * config.tickMs);
  expect(tmux.servers()).toEqual([]);
  expect(await scene.ask("once", "rename", { to: "twice" })).toMatchObject({
    result: "refused",
    cause: "alive",
  });
  files.linkNew = linkNew;
  expect(await scene.ask("once", "rename", { to: "twice" })).toMatchObject({ result: "done" });
  expect(scene.ends("twice")).toMatchObject([{ ev: "teardown", reason: "idle" }]);
});

test("a peer that is always on is not brought up for it", async () => {
  const scene = await Scene.of({ peers: { once: { always_on: true } } });
  await scene.pass(15_000);
  const { process } = scene.server("once");
  scene.kill(process);
  expect(await scene.ask("once", "rename", { to: "twice" })).toMatchObject({ result: "done" });
  expect(scene.ends("twice")).toMatchObject([{ ev: "server-exit" }, null]);
  expect(scene.doc("twice").deaths).toHaveLength(1);
  expect(scene.server("twice").identity).toBe(scene.identity("twice"));
});

test("a life that is still to be recorded is so under the new name", async () => {
  const scene = await Scene.of({ peers: { once: { always_on: true } } });
  await scene.pass(15_000);
  for (const entry of scene.world.table.all()) {
    if (entry.kind.startsWith("canary")) scene.kill(entry);
  }
  scene.kill(scene.server("once").process);
  await scene.pass(200);
  const stopping = scene.begin("once", "stop");
  await scene.pass(300);
  expect(stopping.answer).toMatchObject({ result: "done" });
  expect(scene.ends("once")[0]).toBeNull();
  const renaming = scene.begin("once", "rename", { to: "twice" });
  await scene.pass(50);
  expect(renaming.answer).toMatchObject({ result: "done" });
  await scene.pass(2 * scene.world.config.tickMs);
  expect(scene.ends("twice")).toMatchObject([{ ev: "server-exit" }, { ev: "teardown" }]);
});

test("a presence that was added while it waited is waited for, too", async () => {
  const scene = await Scene.of({ peers: { once: {} }, stubborn: true });
  await scene.ask("once", "start");
  const stopping = scene.begin("once", "stop");
  const renaming = scene.begin("once", "rename", { to: "twice" });
  const adding = addRuntime(scene.manned.host, { personality: "once", runtime: AGENT });
  await scene.pass(500);
  expect(await adding).toMatchObject({ ok: true });
  // Which takes longer than the stop.
  scene.world.faults.launchDelayMs = 60_000;
  const starting = scene.begin("once", "start", { runtime: AGENT });
  await scene.pass(15_000);
  expect(stopping.answer).toMatchObject({ result: "done" });
  expect([starting.answer, renaming.answer]).toEqual([null, null]);
  await scene.pass(30_000);
  expect(starting.answer).toMatchObject({ result: "woke" });
  expect(renaming.answer).toMatchObject({ result: "refused", cause: "alive" });
});

test("a job that was taken away for a rename that failed is there again", async () => {
  using at = preparedPlace();
  const manager = new FakeServiceManager("systemd");
  const host: Host = { ...at.host, manager };
  const command = { argv: ["/bin/cat"] };
  must(await createPeer(host, { name: "a", runtime: "command", alwaysOn: true, command }));
  must(await createPeer(host, { name: "b", runtime: "command", command }));
  manager.managed.add("a");
  const supervisor = createSupervisor(host, NO_WATCH);
  await supervisor.adoptAll();
  const call = { personality: "a" as never, verb: "rename", request: { to: "b" } } as const;
  expect(await supervisor.verb(call)).toMatchObject({ result: "failed", cause: "name-taken" });
  expect([...manager.managed]).toEqual(["a"]);
  await supervisor.stop();
});
