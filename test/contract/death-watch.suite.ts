// What every DeathWatch does (ports/death-watch.ts, lifecycle §4).

import { describe, expect, test } from "bun:test";

import type { DeathWatch } from "../../src/ports/death-watch.ts";
import type { Processes } from "../../src/ports/processes.ts";
import { known } from "./processes.suite.ts";

export interface DeathWatchUnderTest {
  readonly watch: DeathWatch;
  readonly processes: Processes;
  /** A process that runs until it is ended. */
  readonly spawn: () => Promise<number>;
  /** Ends it and has it reaped. */
  readonly end: (pid: number) => Promise<void>;
  /** A process that has ended and that nobody reaps. */
  readonly zombie: () => Promise<number>;
  /** Resolves once the condition holds; fails the test when it never does. */
  readonly until: (holds: () => boolean) => Promise<void>;
}

type Factory = () => DeathWatchUnderTest;

export function deathWatchSuite(name: string, factory: Factory): void {
  describe(`death watch: ${name}`, () => {
    tellTests(factory);
    describe("arming", () => armTests(factory));
    describe("asked about all at once", () => catchUpTests(factory));
    describe("disarming", () => disarmTests(factory));
  });
}

/** Lets a death that nobody should be told of be told, were it to be: another one is. */
async function otherDeath({ watch, processes, spawn, end, until }: DeathWatchUnderTest) {
  let told = false;
  const ref = known(processes, await spawn());
  watch.arm(ref, () => {
    told = true;
  });
  await end(ref.pid);
  await until(() => told);
}

function tellTests(factory: Factory): void {
  test("a death is told once, and then no longer armed", async () => {
    const given = factory();
    const { watch, processes, spawn, end, until } = given;
    const ref = known(processes, await spawn());
    let calls = 0;
    const outcome = watch.arm(ref, () => {
      calls += 1;
    });
    expect(outcome).toBe("armed");
    expect(watch.armed()).toBe(1);
    await end(ref.pid);
    await until(() => calls > 0);
    expect(watch.armed()).toBe(0);
    await otherDeath(given);
    expect(calls).toBe(1);
    watch.close();
  });

  test("each of many deaths is told to whom it concerns", async () => {
    const { watch, processes, spawn, end, until } = factory();
    const told: number[] = [];
    const pids: number[] = [];
    for (let n = 0; n < 8; n += 1) pids.push(await spawn());
    for (const pid of pids) watch.arm(known(processes, pid), () => told.push(pid));
    const doomed = pids.filter((_, index) => index % 2 === 0);
    await Promise.all(doomed.map((pid) => end(pid)));
    await until(() => told.length === doomed.length);
    expect(new Set(told)).toEqual(new Set(doomed));
    expect(watch.armed()).toBe(4);
    const rest = pids.filter((pid) => !doomed.includes(pid));
    await Promise.all(rest.map((pid) => end(pid)));
    await until(() => told.length === 8);
    watch.close();
  });

  test("a callback may arm and disarm", async () => {
    const { watch, processes, spawn, end, until } = factory();
    const [first, second] = [known(processes, await spawn()), known(processes, await spawn())];
    const told: number[] = [];
    watch.arm(first, () => {
      told.push(first.pid);
      watch.arm(second, () => told.push(second.pid));
    });
    await end(first.pid);
    await until(() => told.length === 1);
    await end(second.pid);
    await until(() => told.length === 2);
    expect(told).toEqual([first.pid, second.pid]);
    watch.close();
  });
}

function armTests(factory: Factory): void {
  test("the dead are told of by the answer, never by a call from inside", async () => {
    const given = factory();
    const { watch, processes, spawn, end, zombie } = given;
    const ref = known(processes, await spawn());
    await end(ref.pid);
    let calls = 0;
    const count = () => {
      calls += 1;
    };
    expect(watch.arm(ref, count)).toBe("already-dead");
    expect(watch.arm({ pid: await zombie(), start: "1" }, count)).toBe("already-dead");
    expect(watch.armed()).toBe(0);
    await otherDeath(given);
    expect(calls).toBe(0);
    watch.close();
  });

  test("a reused pid is a dead process", async () => {
    const given = factory();
    const { watch, processes, spawn, end } = given;
    const ref = known(processes, await spawn());
    let calls = 0;
    const outcome = watch.arm({ ...ref, start: "1" }, () => {
      calls += 1;
    });
    expect(outcome).toBe("already-dead");
    await end(ref.pid);
    await otherDeath(given);
    expect(calls).toBe(0);
    watch.close();
  });

  test("arming again replaces the callback", async () => {
    const { watch, processes, spawn, end, until } = factory();
    const ref = known(processes, await spawn());
    const told: string[] = [];
    watch.arm(ref, () => told.push("first"));
    expect(watch.arm({ ...ref }, () => told.push("second"))).toBe("armed");
    expect(watch.armed()).toBe(1);
    await end(ref.pid);
    await until(() => told.length > 0);
    expect(told).toEqual(["second"]);
    watch.close();
  });

  test("ourselves and what is no process are not watched", () => {
    const { watch, processes } = factory();
    expect(watch.arm(processes.self(), () => undefined)).toBe("failed");
    for (const pid of [0, -1, 1]) {
      expect(watch.arm({ pid, start: "1" }, () => undefined)).not.toBe("armed");
    }
    expect(watch.armed()).toBe(0);
    watch.close();
  });
}

function catchUpTests(factory: Factory): void {
  test("each death is told once, whoever came to it first, and never from inside", async () => {
    const given = factory();
    const { watch, processes, spawn, end, until } = given;
    const refs = [known(processes, await spawn()), known(processes, await spawn())];
    const [doomed, other] = refs.map(({ pid }) => pid);
    if (doomed === undefined || other === undefined) throw new Error("no processes");
    const told: number[] = [];
    for (const ref of refs) watch.arm(ref, () => told.push(ref.pid));
    await end(doomed);
    const before = [...told];
    watch.catchUp();
    expect(told).toEqual(before);
    await until(() => told.length > 0);
    watch.catchUp();
    await otherDeath(given);
    expect(told).toEqual([doomed]);
    expect(watch.armed()).toBe(1);
    await end(other);
    await until(() => told.length === 2);
    watch.close();
    expect(watch.catchUp()).toBe(false);
  });
}

function disarmTests(factory: Factory): void {
  test("a disarmed process dies unheard, and disarming another of its pid is nothing", async () => {
    const given = factory();
    const { watch, processes, spawn, end, until } = given;
    const [quiet, heard] = [known(processes, await spawn()), known(processes, await spawn())];
    const told: number[] = [];
    for (const ref of [quiet, heard]) watch.arm(ref, () => told.push(ref.pid));
    watch.disarm({ ...quiet });
    watch.disarm({ ...quiet });
    watch.disarm({ ...heard, start: "1" });
    expect(watch.armed()).toBe(1);
    await end(quiet.pid);
    await end(heard.pid);
    await until(() => told.length > 0);
    await otherDeath(given);
    expect(told).toEqual([heard.pid]);
    watch.close();
  });

  test("after closing, nothing is told and nothing is taken", async () => {
    const given = factory();
    const { watch, processes, spawn, end } = given;
    const [ref, later] = [known(processes, await spawn()), known(processes, await spawn())];
    let calls = 0;
    watch.arm(ref, () => {
      calls += 1;
    });
    watch.close();
    watch.close();
    expect(watch.armed()).toBe(0);
    expect(watch.arm(later, () => undefined)).toBe("failed");
    await end(ref.pid);
    await end(later.pid);
    expect(calls).toBe(0);
  });
}
