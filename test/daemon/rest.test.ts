// Peers that a pass does not even glance at (src/daemon/rest.ts), and all that has one of them, or
// all, looked at again.

import { describe, expect, test } from "bun:test";
import { wallMs } from "../../src/core/brand.ts";
import { readRegistry } from "../../src/flows/storage/registry.ts";
import { renderRegistry } from "../../src/formats/registry.ts";
import { Lanes } from "../../src/daemon/lanes.ts";
import type { Live } from "../../src/daemon/live.ts";
import { Rest } from "../../src/daemon/rest.ts";
import type { Scene } from "../sim/scene.ts";
import { seen, supervisedAgent } from "./seen.ts";

const TICK_MS = 60_000;
const NOW = 1_700_000_040_000;

async function resting(...untilWalls: readonly number[]) {
  const rest = new Rest(TICK_MS);
  const { live } = await seen();
  const lives: Live[] = untilWalls.map(() => ({ ...live }));
  for (const [index, one] of lives.entries()) rest.add(one, untilWalls[index] ?? 0);
  return { rest, at: () => lives.map((one) => rest.has(one)), lives };
}

describe("who rests", () => {
  test("is woken before its time, and nobody else is", async () => {
    const { rest, at } = await resting(NOW + 30_000, NOW + 210_000, Number.POSITIVE_INFINITY);
    rest.wakeDue({ wall: wallMs(NOW) });
    expect(at()).toEqual([false, true, true]);
    rest.wakeDue({ wall: wallMs(NOW + TICK_MS) });
    expect(at()).toEqual([false, true, true]);
    rest.wakeDue({ wall: wallMs(NOW + 2 * TICK_MS) });
    expect(at()).toEqual([false, false, true]);
  });

  test("is woken no later than in the last pass before its time, whatever the time", async () => {
    for (let late = 0; late < 3 * TICK_MS; late += 997) {
      const { rest, at } = await resting(NOW + late);
      for (let wall = NOW; wall + TICK_MS < NOW + late; wall += TICK_MS) {
        rest.wakeDue({ wall: wallMs(wall) });
      }
      rest.wakeDue({ wall: wallMs(NOW + late - TICK_MS) });
      expect([late, at()]).toEqual([late, [false]]);
    }
  });

  test("is kept for its latest time alone, however often it was woken in between", async () => {
    const { rest, at, lives } = await resting(NOW + 210_000);
    const [live] = lives;
    if (live === undefined) throw new Error("nobody");
    rest.wake(live);
    rest.add(live, NOW + 600_000);
    rest.add(live, NOW + 900_000);
    rest.wakeDue({ wall: wallMs(NOW + 700_000) });
    expect(at()).toEqual([true]);
    rest.wakeDue({ wall: wallMs(NOW + 900_000 - TICK_MS) });
    expect(at()).toEqual([false]);
  });

  test("is woken by itself, or with all", async () => {
    const { rest, at, lives } = await resting(NOW, Number.POSITIVE_INFINITY, NOW);
    rest.wake(lives[1]);
    rest.wake(undefined);
    expect(at()).toEqual([true, false, true]);
    rest.wakeAll();
    expect(at()).toEqual([false, false, false]);
  });

  test("is woken once what counts for all is another", async () => {
    const { rest, at, lives } = await resting(Number.POSITIVE_INFINITY);
    rest.wakeUnless("one");
    expect(at()).toEqual([false]);
    for (const live of lives) rest.add(live, Number.POSITIVE_INFINITY);
    rest.wakeUnless("one");
    expect(at()).toEqual([true]);
    rest.wakeUnless("other");
    expect(at()).toEqual([false]);
  });
});

test("a lane tells when it is used, and when that is over, also by a failure", async () => {
  const told: string[] = [];
  const lanes = new Lanes<string>((key) => told.push(key));
  const first = Promise.withResolvers<void>();
  const one = lanes.run("a", () => first.promise);
  const other = lanes.run("b", () => Promise.reject(new Error("no")));
  await other.catch(() => undefined);
  expect(told).toEqual(["a", "b", "b"]);
  first.resolve();
  await one;
  expect(told).toEqual(["a", "b", "b", "a"]);
});

/** Each is seen in the next pass. */
const EVENTS: Readonly<Record<string, (scene: Scene) => unknown>> = {
  "its registry is another": ({ manned, world }) => {
    const read = readRegistry(manned.host);
    if (read.state !== "ok") throw new Error("no registry");
    world.files.writeAtomic(world.layout.registry, renderRegistry(read.registry));
  },
  "a service manager has a job of it": ({ world }) => world.manager.managed.add("ann"),
  "the clock is set": ({ world }) => world.time.setWallBy(20_000),
  "somebody asked for something": (scene) => scene.ask("ann", "refresh"),
};

describe("in the next pass it is looked at in full when", () => {
  test.each(Object.keys(EVENTS))("%s", async (name) => {
    const { scene, looks, tickMs } = await supervisedAgent();
    await scene.pass(3 * tickMs);
    expect(looks.count).toBe(0);
    await EVENTS[name]?.(scene);
    looks.count = 0;
    await scene.pass(tickMs);
    expect(looks.count).toBeGreaterThan(0);
  });
});
