// What a supervisor has in mind, without the supervisor: for what happens in its lanes and by its
// timers, each by itself.

import type { GenerationId } from "../../src/core/names.ts";
import { adoptAll } from "../../src/daemon/adoption.ts";
import type { Live } from "../../src/daemon/live.ts";
import { supervisorContext } from "../../src/daemon/supervisor-context.ts";
import type { GenerationRef } from "../../src/flows/session/records.ts";
import type { HeldLease } from "../../src/ports/lock.ts";
import { FakeLease } from "../fakes/lock.ts";
import { settle } from "../fakes/time.ts";
import { Scene } from "../sim/scene.ts";

/** Of `echo`, which has been woken by a daemon that was killed since, and which is adopted. */
export async function ownSupervisor(whileDown: (scene: Scene) => void = () => undefined) {
  const scene = await Scene.of({ peers: { echo: {} } });
  await scene.ask("echo", "wake");
  const server = scene.server("echo");
  scene.killDaemon();
  whileDown(scene);
  const manned = scene.world.man();
  scene.manned = manned;
  const { host, life, watch } = manned;
  const lease = host.layout.daemonLease;
  const { hold } = new FakeLease(scene.world.locks, life).acquire(lease) as HeldLease;
  const heard = { onExit: () => undefined, enqueue: () => undefined };
  const context = supervisorContext({ host, watch }, { hold }, heard);
  await settle(scene.world.time, adoptAll(context));
  const live = context.lives.get(scene.identity("echo")) as Live;
  const generation = live.doc.generation as GenerationId;
  const ref: GenerationRef = { identity: live.identity, generation };
  const lose = () => scene.world.locks.removeLease(lease);
  return { scene, server, context, live, ref, lose };
}

export type OwnSupervisor = Awaited<ReturnType<typeof ownSupervisor>>;
