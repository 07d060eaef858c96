// Verbs about a peer that a service manager holds: what is asked of its manager, and what is not.

import { expect, test } from "bun:test";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import { FakeServiceManager } from "../fakes/service-manager.ts";
import { SimWorld } from "../fakes/sim-world.ts";
import { settle } from "../fakes/time.ts";
import { settleIn } from "../sim/cast.ts";
import { HELD, launching, OWN } from "./managed-place.ts";

test("a rename that comes to nothing leaves a held peer held", async () => {
  const world = new SimWorld({ seed: 1 });
  const held = { ...HELD, peer: { ...HELD.peer, always_on: true } };
  settleIn(world, [held, OWN]);
  const { host, watch } = world.man();
  const manager = new FakeServiceManager("systemd");
  manager.managed.add("held");
  const supervisor = createSupervisor({ ...host, manager }, watch);
  await settle(world.time, supervisor.start());
  const request = { to: "own" };
  const call = { personality: held.peer.personality, verb: "rename" as const, request };
  const answer = await settle(world.time, supervisor.verb(call));
  expect(answer).toMatchObject({ result: "failed", cause: "name-taken" });
  const [removed, ...after] = manager.asked.filter((asked) => !asked.startsWith("query"));
  expect(removed).toBe("remove com.iapeer.peer.held");
  expect(after).toEqual(["install com.iapeer.peer.held"]);
  await settle(world.time, supervisor.stop());
});

test("on a full disk new leaves a held job as it is, since nothing could be begun", async () => {
  const world = new SimWorld({ seed: 1 });
  const held = { ...HELD, peer: { ...HELD.peer, always_on: true } };
  settleIn(world, [held]);
  launching(world, held);
  const { host, watch } = world.man();
  const manager = new FakeServiceManager("systemd");
  manager.managed.add("held");
  const supervisor = createSupervisor({ ...host, manager }, watch);
  await settle(world.time, supervisor.start());
  const call = { personality: held.peer.personality, verb: "new" as const, request: {} };
  world.files.full = true;
  const answer = await settle(world.time, supervisor.verb(call));
  expect(answer).toMatchObject({ result: "failed", cause: "state-unwritable" });
  expect(manager.asked.filter((asked) => asked.startsWith("stop"))).toEqual([]);
  world.files.full = false;
  await settle(world.time, supervisor.verb(call));
  expect(manager.asked).toContain("stop com.iapeer.peer.held");
  await settle(world.time, supervisor.stop());
});
