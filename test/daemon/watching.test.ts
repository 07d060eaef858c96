// Death watches on the processes of a life (daemon/watches): each part has one, none stands on what
// is no longer its own, and the word about a life that is over is not about the next.

import { expect, test } from "bun:test";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import { armLife, type WatchDeps } from "../../src/daemon/watches.ts";
import type { DeathWatch } from "../../src/ports/death-watch.ts";
import { settle } from "../fakes/time.ts";
import { Scene } from "../sim/scene.ts";
import { ownSupervisor } from "./own-supervisor.ts";

/** Watches that tell when they are told to. */
async function watched() {
  const { context, live } = await ownSupervisor();
  const told = new Map<ProcessRef, () => void>();
  const armed: ProcessRef[] = [];
  const exits: string[] = [];
  const watch: DeathWatch = {
    mechanism: "sweep",
    arm: (process, tell) => {
      armed.push(process);
      told.set(process, tell);
      return "armed";
    },
    disarm: (process) => void told.delete(process),
    armed: () => told.size,
    catchUp: () => true,
    close: () => told.clear(),
  };
  const onExit: WatchDeps["onExit"] = (_, part) => void exits.push(part);
  const deps: WatchDeps = { host: context.host, watch, onExit };
  live.armed.clear();
  armLife(deps, live);
  const { start } = live;
  if (start?.server === undefined || start.pane === undefined) throw new Error("no parts");
  return { deps, live, told, armed, exits, start, server: start.server };
}

test("each part has one, however often it is looked at", async () => {
  const { deps, live, armed } = await watched();
  expect(armed).toHaveLength(3);
  armLife(deps, live);
  expect(armed).toHaveLength(3);
});

test("none stands on what is another's by now", async () => {
  const { deps, live, told, start, server } = await watched();
  const pane = { pid: server.pid + 1, start: "1" };
  live.start = { ...start, pane };
  armLife(deps, live);
  expect(told.has(pane)).toBe(true);
  expect([...told.keys()]).not.toContain(start.pane as ProcessRef);
});

test("none stands on another boot's", async () => {
  const { deps, live, armed, start } = await watched();
  live.armed.clear();
  live.start = { ...start, bootId: "boot-0" };
  armLife(deps, live);
  expect(armed).toHaveLength(3);
});

test("of a life that is over nobody but its server is watched", async () => {
  const { deps, live, armed } = await watched();
  live.armed.clear();
  live.end = { ev: "server-exit" } as never;
  armLife(deps, live);
  expect(armed).toHaveLength(4);
});

test("an end is told of once, and of this life alone", async () => {
  const { live, told, exits, server } = await watched();
  const tell = told.get(server);
  const { generation } = live.doc;
  live.doc = { ...live.doc, generation: null };
  tell?.();
  expect([exits, live.deadAtMono.size]).toEqual([[], 0]);
  live.doc = { ...live.doc, generation };
  tell?.();
  expect([exits, live.deadAtMono.has("server")]).toEqual([["server"], true]);
  expect(live.armed.has("server")).toBe(false);
});

test("a pane's end has its server look again, of this boot and unrecorded alone", async () => {
  const nudged = async (change: (of: Awaited<ReturnType<typeof ownSupervisor>>) => void) => {
    const of = await ownSupervisor();
    const { scene, live, context } = of;
    const sent: string[] = [];
    scene.world.table.onSent = ({ signal, to }) => void sent.push(`${signal} ${to.kind}`);
    scene.world.tmux.onPaneDied = null;
    armLife(context.watches, live);
    scene.kill(of.server.pane.process);
    await scene.pass(50);
    change(of);
    await scene.pass(200);
    return sent.filter((one) => one.startsWith("CHLD"));
  };
  expect(await nudged(() => undefined)).toEqual(["CHLD server"]);
  const reboot = await nudged(({ live }) => {
    if (live.start !== null) live.start = { ...live.start, bootId: "boot-0" };
  });
  const recorded = await nudged(({ scene, server }) => {
    scene.world.files.writeAtomic(`${server.dir}/end.json`, "{}");
  });
  expect([reboot, recorded]).toEqual([[], []]);
});

test("a supervisor that has ended watches nobody", async () => {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  expect(scene.manned.watch.armed()).toBe(3);
  await settle(scene.world.time, scene.supervisor.stop());
  expect(scene.manned.watch.armed()).toBe(0);
});
