// The kernel's own mechanism, the sweep, and what happens between them.

import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";

import type { ProcessRef } from "../../src/core/process-ref.ts";
import { followChild, onChildEnd } from "../../src/effects/children.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createDeathWatch, Watch } from "../../src/effects/death-watch/death-watch.ts";
import { epollLayout, packEpollEvent } from "../../src/effects/death-watch/epoll.ts";
import { Sweep } from "../../src/effects/death-watch/sweep.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import type { DeathWatch } from "../../src/ports/death-watch.ts";
import { deathWatchSuite } from "./death-watch.suite.ts";
import { known } from "./processes.suite.ts";
import { crowded, openQueue } from "./queues.ts";
import { endAll, endChild, makeZombie, pidOf, spawnSleeper, until } from "./real-processes.ts";

const clock = createClock();
const processes = createProcesses();
const sweepMs = 10;
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
const create = (deathWatch: "auto" | "pidfd" | "kqueue" | "sweep") =>
  keep(createDeathWatch({ deathWatch, sweepMs }, clock, processes));

const given = (watch: DeathWatch) => ({
  watch,
  processes,
  spawn,
  end: endChild,
  zombie: makeZombie,
  until,
});

if (process.platform === "linux") deathWatchSuite("pidfd", () => given(create("pidfd")));
else console.warn("skipped: pidfds are Linux's");
deathWatchSuite("children of ours", () => ({
  ...given(create("auto")),
  spawn: async () => pidOf(await spawnSleeper({ followed: true })),
}));
deathWatchSuite("sweep", () => given(create("sweep")));

test("the mechanism is the system's own, or the sweep, and says so", () => {
  const native = process.platform === "darwin" ? "kqueue" : "pidfd";
  const foreign = native === "kqueue" ? "pidfd" : "kqueue";
  expect(create("auto").mechanism).toBe(native);
  expect(create(native).mechanism).toBe(native);
  expect(create(foreign).mechanism).toBe("sweep");
  expect(create("sweep").mechanism).toBe("sweep");
});

test("a death comes within milliseconds, and a process that nobody reaps counts", async () => {
  const watch = create("auto");
  const delays: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const ref = known(processes, await spawn());
    let told = 0;
    watch.arm(ref, () => {
      told = clock.mono();
    });
    const killed = clock.mono();
    processes.signal(ref, "KILL");
    await until(() => told > 0);
    delays.push(told - killed);
  }
  const [median = Number.NaN] = delays.toSorted((a, b) => a - b).slice(10);
  expect(median).toBeLessThan(50);
});

test("a process that becomes a zombie is told of", async () => {
  for (const watch of [create("auto"), create("sweep")]) {
    let told = 0;
    await makeZombie((pid) => {
      watch.arm(known(processes, pid), () => {
        told += 1;
      });
    });
    await until(() => told === 1);
  }
});

describe("a child of ours", () => {
  const PIDFD = /^Pid:\s+(\d+)$/m;
  /** Handles of this process alone: those of earlier tests close whenever they do. */
  const handlesOf = (pid: number): number =>
    readdirSync("/proc/self/fdinfo").filter((fd) => {
      try {
        const [, named] = PIDFD.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8")) ?? [];
        return named === `${pid}`;
      } catch {
        return false; // Closed since it was listed.
      }
    }).length;

  test.if(process.platform === "linux")("costs no descriptor to watch", async () => {
    const watch = create("auto");
    const [own, other] = [await spawnSleeper({ followed: true }), await spawnSleeper()];
    const before = [own, other].map(({ pid }) => handlesOf(pid));
    expect(watch.arm(known(processes, own.pid), () => undefined)).toBe("armed");
    watch.arm(known(processes, other.pid), () => undefined);
    const [ownBefore = 0, otherBefore = 0] = before;
    expect([own, other].map(({ pid }) => handlesOf(pid))).toEqual([ownBefore, otherBefore + 1]);
  });

  test("each who watches it is told once, and the dead are followed no more", async () => {
    const { pid } = await spawnSleeper({ followed: true });
    const told: string[] = [];
    const watches = [create("auto"), create("auto")];
    const ref = known(processes, pid);
    for (const [index, watch] of watches.entries()) watch.arm(ref, () => told.push(`${index}`));
    await endChild(pid);
    await until(() => told.length === 2);
    expect(told).toEqual(["0", "1"]);
    expect(onChildEnd(pid, () => undefined)).toBeNull();
  });

  test("one that ended within its own spawning is not followed", () => {
    followChild({ pid: 4_000_000, exitCode: 1, signalCode: null });
    followChild({ pid: 4_000_001, exitCode: null, signalCode: "SIGKILL" });
    expect(onChildEnd(4_000_000, () => undefined)).toBeNull();
    expect(onChildEnd(4_000_001, () => undefined)).toBeNull();
  });

  test("is swept where a sweep was asked for", async () => {
    const watch = create("sweep");
    const { pid } = await spawnSleeper({ followed: true });
    let told = 0;
    watch.arm(known(processes, pid), () => void (told += 1));
    await endChild(pid);
    await until(() => told === 1);
  });
});

describe("when the kernel takes no more", () => {
  test("the others are swept", async () => {
    const queue = openQueue();
    if (queue === null) return;
    const sweep = new Sweep(sweepMs, clock, processes);
    const watch = keep(new Watch(crowded(queue, 1), sweep, processes));
    const refs: ProcessRef[] = [known(processes, await spawn()), known(processes, await spawn())];
    const told: number[] = [];
    for (const ref of refs) expect(watch.arm(ref, () => told.push(ref.pid))).toBe("armed");
    expect(watch.armed()).toBe(2);
    for (const ref of refs) await endChild(ref.pid);
    await until(() => told.length === 2);
    expect(watch.mechanism).toBe("pidfd");
  });

  test("when waiting fails, all but children of ours are swept, the dead too", async () => {
    const queue = openQueue();
    if (queue === null) return;
    const broken = { ...crowded(queue, 9), plan: { ...queue.plan, queue: 9999 } };
    const sweep = new Sweep(sweepMs, clock, processes);
    const watch = keep(new Watch(broken, sweep, processes));
    const [first, second] = [known(processes, await spawn()), known(processes, await spawn())];
    const told: number[] = [];
    const child = known(processes, (await spawnSleeper({ followed: true })).pid);
    for (const ref of [first, second, child]) watch.arm(ref, () => told.push(ref.pid));
    processes.signal(first, "KILL");
    await until(() => watch.mechanism === "sweep");
    await until(() => told.includes(first.pid));
    await endChild(second.pid);
    await until(() => told.includes(second.pid));
    await endChild(child.pid);
    await until(() => told.includes(child.pid));
    expect(told.length).toBe(3);
  });
});

test("however many are swept, each is looked at in its turn", async () => {
  const many = Array.from({ length: 1000 }, (_, index) => ({ pid: 1_000_000 + index, start: "1" }));
  let doomed: ProcessRef | null = null;
  let looks = 0;
  // All of them exist; that one of them is a zombie shows only when it is looked at.
  const crowd = {
    ...processes,
    exists: () => "maybe" as const,
    liveness: (ref: ProcessRef) => {
      looks += 1;
      return ref === doomed ? ("dead" as const) : ("alive" as const);
    },
  };
  const sweep = new Sweep(1, clock, crowd);
  const told: number[] = [];
  for (const ref of many) sweep.add(ref, () => told.push(ref.pid));
  for (const index of [999, 0, 500]) {
    looks = 0;
    doomed = many[index] ?? null;
    await until(() => told.includes(1_000_000 + index));
    expect(looks).toBeLessThanOrEqual(1400);
  }
  sweep.close();
  expect(told).toEqual([1_000_999, 1_000_000, 1_000_500]);
});

test("closing gives back every descriptor", async () => {
  const dir = process.platform === "darwin" ? "/dev/fd" : "/proc/self/fd";
  const descriptors = () => readdirSync(dir).length;
  const round = async () => {
    const watch = create("auto");
    const pid = await spawn();
    watch.arm(known(processes, pid), () => undefined);
    watch.close();
    await until(() => watch.mechanism === "sweep");
    await endChild(pid);
  };
  await round();
  const before = descriptors();
  for (let n = 0; n < 12; n += 1) await round();
  // A thread lets go of its own a moment after it has ended.
  await until(() => descriptors() <= before + 3);
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
