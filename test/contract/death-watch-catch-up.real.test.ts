// The kernel asked about all of the watched at once, whatever its Worker has heard.

import { afterEach, describe, expect, test } from "bun:test";

import type { ProcessRef } from "../../src/core/process-ref.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createDeathWatch, Watch } from "../../src/effects/death-watch/death-watch.ts";
import type { KernelQueue } from "../../src/effects/death-watch/kernel-queue.ts";
import { Sweep } from "../../src/effects/death-watch/sweep.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import type { DeathWatch } from "../../src/ports/death-watch.ts";
import { known } from "./processes.suite.ts";
import { crowded, openQueue } from "./queues.ts";
import { endAll, endChild, pidOf, spawnSleeper, until } from "./real-processes.ts";

const clock = createClock();
const processes = createProcesses();
const opened: DeathWatch[] = [];

afterEach(async () => {
  for (const watch of opened.splice(0)) watch.close();
  await endAll();
});

const spawn = async () => pidOf(await spawnSleeper());
const keep = <T extends DeathWatch>(watch: T): T => {
  opened.push(watch);
  return watch;
};

describe("asked about all at once", () => {
  /** Its Worker waits on another queue, and hears nothing. */
  function unheard(queue: KernelQueue, other: KernelQueue): KernelQueue {
    return {
      ...crowded(queue, 200),
      plan: { ...queue.plan, queue: other.plan.queue },
      wake: () => other.wake(),
      close: () => [queue, other].forEach((each) => each.close()),
    };
  }

  test("what the Worker does not hear is told all the same, of many at once", async () => {
    const [queue, other] = [openQueue(), openQueue()];
    if (queue === null || other === null) return;
    const sweep = new Sweep(9e6, clock, processes);
    const watch = keep(new Watch(unheard(queue, other), sweep, processes));
    const refs: ProcessRef[] = [];
    for (let n = 0; n < 150; n += 1) refs.push(known(processes, await spawn()));
    const told = new Set<number>();
    for (const ref of refs) expect(watch.arm(ref, () => told.add(ref.pid))).toBe("armed");
    expect(watch.catchUp()).toBe(true);
    const doomed = refs.slice(0, 140);
    await Promise.all(doomed.map(({ pid }) => endChild(pid)));
    expect(told.size).toBe(0);
    expect(watch.catchUp()).toBe(true);
    await until(() => told.size > 0);
    expect(told).toEqual(new Set(doomed.map(({ pid }) => pid)));
    expect(watch.armed()).toBe(10);
  });

  test("not all can be asked so while some are swept, or the queue fails", async () => {
    const [queue, other] = [openQueue(), openQueue()];
    if (queue === null || other === null) return;
    const sweep = new Sweep(9e6, clock, processes);
    const watch = keep(new Watch(crowded(queue, 1), sweep, processes));
    const [first, second] = [known(processes, await spawn()), known(processes, await spawn())];
    watch.arm(first, () => undefined);
    expect(watch.catchUp()).toBe(true);
    watch.arm(second, () => undefined);
    expect(watch.catchUp()).toBe(false);
    watch.disarm(second);
    expect(watch.catchUp()).toBe(true);
    const swept = createDeathWatch({ deathWatch: "sweep", sweepMs: 9e6 }, clock, processes);
    expect(keep(swept).catchUp()).toBe(false);
    const failing = { ...crowded(other, 1), take: () => ({ tokens: [1], isAll: false }) };
    const failed = keep(new Watch(failing, sweep, processes));
    const told: number[] = [];
    failed.arm(first, () => told.push(first.pid));
    expect(failed.catchUp()).toBe(false);
    // What it gave before it failed.
    await Promise.resolve();
    expect(told).toEqual([first.pid]);
  });
});
