// How many processes the kernel has killed for memory: read again in time, and not for each launch.

import { beforeEach, expect, test } from "bun:test";
import { forgetOomKills, oomKillsLately } from "../../src/flows/pressure.ts";
import type { Host } from "../../src/ports/host.ts";
import { SimWorld } from "../fakes/sim-world.ts";
import { pass } from "../fakes/time.ts";

let world: SimWorld;
let host: Host;

const kernelSays = (kills: number) =>
  world.files.writeAtomic("/proc/vmstat", `nr_free_pages 1\noom_kill ${kills}\n`);

beforeEach(() => {
  world = new SimWorld({ seed: 1 });
  world.files.makeFolder("/proc");
  host = world.man().host;
  kernelSays(3);
  expect(oomKillsLately(host)).toBe(3);
  kernelSays(4);
});

test("a count is not read again before it is 100 ms old", async () => {
  expect(oomKillsLately(host)).toBe(3);
  await pass(world.time, 99);
  expect(oomKillsLately(host)).toBe(3);
  await pass(world.time, 1);
  expect(oomKillsLately(host)).toBe(4);
});

test("its age is from when it was read, not from when it was last asked for", async () => {
  for (const ms of [60, 39, 1]) {
    expect(oomKillsLately(host)).toBe(3);
    await pass(world.time, ms);
  }
  expect(oomKillsLately(host)).toBe(4);
});

test("one that was forgotten is read at once, and each host has its own", () => {
  const other = world.man().host;
  expect([oomKillsLately(host), oomKillsLately(other)]).toEqual([3, 4]);
  kernelSays(5);
  forgetOomKills(host);
  expect([oomKillsLately(host), oomKillsLately(other)]).toEqual([5, 4]);
});

test("that the kernel does not tell is known as long, too", async () => {
  world.files.remove("/proc/vmstat");
  forgetOomKills(host);
  expect(oomKillsLately(host)).toBeNull();
  kernelSays(4);
  expect(oomKillsLately(host)).toBeNull();
  await pass(world.time, 100);
  expect(oomKillsLately(host)).toBe(4);
});
