// A daemon whose root was removed, or replaced, ends with an error, and leaves the socket there to
// whoever supervises the root by now.

import { expect, test } from "bun:test";
import { runDaemon } from "../../src/daemon/run.ts";
import { ok } from "../../src/core/result.ts";
import { FakeLease } from "../fakes/lock.ts";
import { SimWorld } from "../fakes/sim-world.ts";
import { pass } from "../fakes/time.ts";

const version = () => Promise.resolve({ state: "ok", version: "3.4" } as const);

async function daemon(atStart: "kept" | "lost" = "kept") {
  const world = new SimWorld({ seed: 1 });
  const { host, watch, life } = world.man();
  const { daemonLease, daemonSocket } = world.layout;
  const replace = () => {
    world.locks.removeLease(daemonLease);
    world.files.special(daemonSocket, "socket");
  };
  const told = { ended: null as unknown, stopped: 0 };
  const asked = new AbortController();
  const probe = () => "missing" as const;
  const running = runDaemon({
    host: { ...host, tmux: { ...host.tmux, version, probe } },
    lease: new FakeLease(world.locks, life),
    createWatch: () => {
      if (atStart === "lost") replace();
      return watch;
    },
    listen: () => ok({ stop: () => Promise.resolve(void (told.stopped += 1)) }),
    signal: asked.signal,
  });
  void running.then((value) => (told.ended = value));
  await pass(world.time, 1000);
  const socket = () => world.files.stat(daemonSocket).state;
  return { world, told, asked, replace, socket };
}

const LOST = { ok: false, error: { code: "lease-lost", exit: 1 } };

test("at its next pass", async () => {
  const { world, told, replace, socket } = await daemon();
  await pass(world.time, 3 * world.config.tickMs);
  expect(told.ended).toBeNull();
  replace();
  await pass(world.time, world.config.tickMs);
  expect(told).toMatchObject({ ended: LOST, stopped: 0 });
  expect(socket()).toBe("ok");
});

test("also when it is asked to end before that", async () => {
  const { world, told, asked, replace, socket } = await daemon();
  replace();
  asked.abort();
  await pass(world.time, 1000);
  expect(told).toMatchObject({ ended: LOST, stopped: 0 });
  expect(socket()).toBe("ok");
});

test("also while it starts, before it takes the place of a socket", async () => {
  const { told, socket } = await daemon("lost");
  expect(told).toMatchObject({ ended: LOST, stopped: 0 });
  expect(socket()).toBe("ok");
});
