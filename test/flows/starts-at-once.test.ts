// Several starts of the daemon at once are one, and restarts have their turns: of two in the
// background the second one's pid would be on record, and the first one have the lease.

import { expect, test } from "bun:test";
import type { ServiceAnswer, ServiceJob } from "../../src/core/service.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import { restartDaemon, startDaemon } from "../../src/flows/service/daemon-service.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";
import { preparedPlace } from "./root-host.ts";

/** What it starts answers a while later. */
class Slow extends FakeServiceManager {
  running = false;
  readonly restarts: string[] = [];

  override async restart(job: ServiceJob): Promise<ServiceAnswer> {
    this.restarts.push("begins");
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    this.restarts.push("ends");
    return super.start(job);
  }

  override async start(job: ServiceJob): Promise<ServiceAnswer> {
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    this.running = true;
    return super.start(job);
  }

  context(host: ServiceContext["host"]): ServiceContext {
    const status = () => {
      const state = this.running ? ("running" as const) : ("not-running" as const);
      return Promise.resolve({ schema: "iapeer.daemon.v1", state, pid: 4242 } as const);
    };
    const stop = () => Promise.resolve({ state: "answered" });
    return { host, services: fakeServices(this), daemon: { status, stop } };
  }
}

test("only the first one starts anything", async () => {
  using place = preparedPlace();
  const manager = new Slow();
  const context = manager.context(place.host);
  const answers = await Promise.all([1, 2, 3].map(() => startDaemon(context)));
  expect(answers.map(({ state }) => state).toSorted()).toEqual([
    "already-loaded",
    "already-loaded",
    "loaded",
  ]);
  expect(manager.asked.filter((asked) => asked.startsWith("start "))).toHaveLength(1);
});

test("restarts are one after the other", async () => {
  using place = preparedPlace();
  const manager = new Slow();
  const context = manager.context(place.host);
  await Promise.all([1, 2].map(() => restartDaemon(context)));
  expect(manager.restarts).toEqual(["begins", "ends", "begins", "ends"]);
});

test("where nothing can be locked, it is started all the same", async () => {
  using place = preparedPlace();
  const manager = new Slow();
  const withLock = () => Promise.resolve({ ok: false, error: "ENOSPC" } as const);
  const host = { ...place.host, lock: { withLock } };
  expect((await startDaemon(manager.context(host))).state).toBe("loaded");
});
