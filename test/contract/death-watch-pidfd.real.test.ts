// Linux's own mechanism: what a pidfd costs, and how it is given to epoll.

import { afterEach, describe, expect, spyOn, test } from "bun:test";
import { closeSync, fstatSync, openSync, readdirSync } from "node:fs";

import type { ProcessRef } from "../../src/core/process-ref.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createDeathWatch } from "../../src/effects/death-watch/death-watch.ts";
import { epollLayout, packEpollEvent } from "../../src/effects/death-watch/epoll.ts";
import { Parked, PARKED_MAX } from "../../src/effects/death-watch/parked.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import type { DeathWatch } from "../../src/ports/death-watch.ts";
import { known } from "./processes.suite.ts";
import { endAll, endChild, pidOf, spawnSleeper, until } from "./real-processes.ts";

const isLinux = process.platform === "linux";
const clock = createClock();
const processes = createProcesses();
const opened: DeathWatch[] = [];

afterEach(async () => {
  for (const watch of opened.splice(0)) watch.close();
  await endAll();
});

const spawn = async () => pidOf(await spawnSleeper());
const create = () => {
  const watch = createDeathWatch({ deathWatch: "pidfd", sweepMs: 10 }, clock, processes);
  opened.push(watch);
  return watch;
};
const descriptors = () => readdirSync("/proc/self/fd").length;

describe.if(isLinux)("pidfds", () => {
  const sleepers = async (count: number) => {
    const refs: ProcessRef[] = [];
    for (let n = 0; n < count; n += 1) refs.push(known(processes, await spawn()));
    return refs;
  };

  test("sixteen cost two descriptors, which are given back with the last of them", async () => {
    const watch = create();
    const refs = await sleepers(33);
    const before = descriptors();
    const counts = refs.map((ref) => {
      watch.arm(ref, () => undefined);
      return descriptors() - before;
    });
    const [first, full, second, third] = [counts[0], counts[15], counts[16], counts[32]];
    expect([first, full, second, third]).toEqual([2, 2, 4, 6]);
    for (const ref of refs.slice(1)) watch.disarm(ref);
    expect(descriptors() - before).toBe(2);
    for (const ref of refs.slice(0, 1)) watch.disarm(ref);
    expect(descriptors()).toBe(before);
  });

  test("of one that is disarmed nothing is told, with others still in its lot", async () => {
    const watch = create();
    const [left, stays] = await sleepers(2);
    if (left === undefined || stays === undefined) throw new Error("two of two");
    const told: string[] = [];
    watch.arm(left, () => told.push("left"));
    watch.arm(stays, () => told.push("stays"));
    watch.disarm(left);
    await endChild(left.pid);
    await endChild(stays.pid);
    await until(() => told.length > 0);
    expect(told).toEqual(["stays"]);
    expect(watch.armed()).toBe(0);
  });

  test("a file that cannot be parked stays the caller's", () => {
    const parked = Parked.create();
    if (parked === null) throw new Error("no C library");
    const before = descriptors();
    expect(parked.park(9999)).toBeNull();
    expect(descriptors()).toBe(before);
    const fd = openSync("/proc/self/stat", "r");
    const place = parked.park(fd);
    expect(() => fstatSync(fd)).toThrow("EBADF");
    expect(descriptors()).toBe(before + 2);
    parked.leave(place ?? 0);
    parked.leave(place ?? 0);
    expect(descriptors()).toBe(before);
    parked.park(openSync("/proc/self/stat", "r"));
    parked.close();
    expect(descriptors()).toBe(before);
  });
});

test.if(isLinux)("one that cannot be parked is watched by its descriptor", async () => {
  const park = spyOn(Parked.prototype, "park").mockReturnValue(null);
  const watch = create();
  const [dies, stays] = [known(processes, await spawn()), known(processes, await spawn())];
  const before = descriptors();
  const told = Promise.withResolvers<void>();
  watch.arm(dies, told.resolve);
  watch.arm(stays, () => undefined);
  park.mockRestore();
  expect(descriptors()).toBe(before + 2);
  await endChild(dies.pid);
  await told.promise;
  const left = descriptors();
  watch.disarm(stays);
  expect(descriptors()).toBe(left - 1);
});

test.if(isLinux)("so few are in flight that others of this user can still pass theirs", () => {
  const parked = Parked.create();
  if (parked === null) throw new Error("no C library");
  const park = () => {
    const fd = openSync("/proc/self/stat", "r");
    const place = parked.park(fd);
    if (place === null) closeSync(fd);
    return place;
  };
  const places = Array.from({ length: PARKED_MAX }, park);
  expect(PARKED_MAX).toBeLessThanOrEqual(1024 / 2);
  expect(places).not.toContain(null);
  expect(park()).toBeNull();
  // Of each lot but one stays: the files that have left it are in flight as before.
  const [stay, ...leave] = places.slice(0, 16);
  for (const place of leave) parked.leave(place ?? 0);
  expect(park()).toBeNull();
  parked.leave(stay ?? 0);
  expect([park(), park()]).not.toContain(null);
  parked.close();
});

test("struct epoll_event is packed on x86-64 alone", () => {
  const event = { events: 0x4000_0001, token: 0x0102_0304 };
  expect([...packEpollEvent(event, epollLayout("x64"))]).toEqual([
    1, 0, 0, 0x40, 4, 3, 2, 1, 0, 0, 0, 0,
  ]);
  expect([...packEpollEvent(event, epollLayout("arm64"))]).toEqual([
    1, 0, 0, 0x40, 0, 0, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0,
  ]);
});
