// What every Processes does (ports/processes.ts, lifecycle §2).

import { describe, expect, test } from "bun:test";

import { sameProcess, type ProcessRef } from "../../src/core/process-ref.ts";
import type { Processes } from "../../src/ports/processes.ts";

export interface ProcessesUnderTest {
  readonly processes: Processes;
  /** A process that runs until it is ended; by default a child of ours. */
  readonly spawn: () => Promise<number>;
  /** Ends it and has it reaped; resolves when the pid is free. */
  readonly end: (pid: number) => Promise<void>;
  /** A process that has ended and that nobody reaps. */
  readonly zombie: () => Promise<number>;
  /** A running process with one child, which has one child: pids from the top. */
  readonly family: () => Promise<readonly [number, number, number]>;
  /** Resolves once the condition holds; fails the test when it never does. */
  readonly until: (holds: () => boolean) => Promise<void>;
  /** A pid that nobody has. */
  readonly nobody: number;
}

type Factory = () => ProcessesUnderTest;

export function known(processes: Processes, pid: number): ProcessRef {
  const found = processes.identify(pid);
  if (found === null || found === "unknown") throw new Error(`${pid} is ${String(found)}`);
  return found;
}

export function processesSuite(name: string, factory: Factory): void {
  describe(`processes: ${name}`, () => {
    identityTests(factory);
    describe("signals", () => signalTests(factory));
    describe("families", () => familyTests(factory));

    test("the boot has a name, and it stays", () => {
      const { processes } = factory();
      expect(processes.bootId()).not.toBe("");
      expect(processes.bootId()).toBe(processes.bootId());
    });

    test("use is told of the living only", async () => {
      const { processes, spawn, end } = factory();
      const ref = known(processes, await spawn());
      const use = processes.use(ref);
      expect(use?.rssKb).toBeGreaterThan(0);
      // Told on Linux, and never less than what it has now.
      expect(use?.rssPeakKb ?? use?.rssKb).toBeGreaterThanOrEqual(use?.rssKb ?? 1);
      expect(use?.cpuMs).toBeGreaterThanOrEqual(0);
      expect(processes.use({ ...ref, start: "1" })).toBeNull();
      await end(ref.pid);
      expect(processes.use(ref)).toBeNull();
    });
  });
}

function identityTests(factory: Factory): void {
  test("we are alive, and the same each time", () => {
    const { processes } = factory();
    const self = processes.self();
    expect(processes.self()).toEqual(self);
    expect(processes.liveness(self)).toBe("alive");
    expect(processes.identify(self.pid)).toEqual(self);
  });

  test("a process is itself while it lives, and nobody afterwards", async () => {
    const { processes, spawn, end } = factory();
    const ref = known(processes, await spawn());
    expect(processes.identify(ref.pid)).toEqual(ref);
    expect(processes.liveness(ref)).toBe("alive");
    expect(processes.exists(ref.pid)).toBe("maybe");
    await end(ref.pid);
    expect(processes.identify(ref.pid)).toBeNull();
    expect(processes.liveness(ref)).toBe("dead");
    expect(processes.exists(ref.pid)).toBe("dead");
  });

  test("the same pid with another start is another process", async () => {
    const { processes, spawn, end } = factory();
    const ref = known(processes, await spawn());
    const earlier = { ...ref, start: "1" };
    expect(sameProcess(ref, earlier)).toBe(false);
    expect(processes.liveness(earlier)).toBe("dead");
    await end(ref.pid);
  });

  test("a zombie is dead, although its pid is taken", async () => {
    const { processes, zombie } = factory();
    const pid = await zombie();
    expect(processes.exists(pid)).toBe("maybe");
    expect(processes.identify(pid)).toBeNull();
    expect(processes.liveness({ pid, start: "1" })).toBe("dead");
    expect(processes.signal({ pid, start: "1" }, "TERM")).toBe("gone");
  });

  test("nobody and what is no pid are nobody", () => {
    const { processes, nobody } = factory();
    for (const pid of [nobody, 0, -1, -nobody, 1.5, Number.NaN, 2 ** 40]) {
      expect(processes.identify(pid)).toBeNull();
      expect(processes.exists(pid)).toBe("dead");
      expect(processes.liveness({ pid, start: "1" })).toBe("dead");
    }
  });
}

function signalTests(factory: Factory): void {
  test("a signal reaches the process that is meant", async () => {
    const { processes, spawn, until } = factory();
    const ref = known(processes, await spawn());
    expect(processes.signal(ref, "TERM")).toBe("sent");
    await until(() => processes.liveness(ref) === "dead");
    expect(processes.signal(ref, "TERM")).toBe("gone");
  });

  test("whoever has the pid now is not signalled for another", async () => {
    const { processes, spawn, end } = factory();
    const ref = known(processes, await spawn());
    expect(processes.signal({ ...ref, start: "1" }, "KILL")).toBe("not-ours");
    expect(processes.liveness(ref)).toBe("alive");
    await end(ref.pid);
  });

  test("neither ourselves, nor the first process, nor a group is ever signalled", () => {
    const { processes, nobody } = factory();
    const self = processes.self();
    expect(processes.signal(self, "KILL")).toBe("failed");
    for (const pid of [1, 0, -1, -nobody]) {
      const start = pid === 1 ? startOfFirst(processes) : "1";
      expect(processes.signal({ pid, start }, "CONT")).toBe("failed");
    }
    expect(processes.liveness(self)).toBe("alive");
  });
}

function startOfFirst(processes: Processes): string {
  const first = processes.identify(1);
  return first === null || first === "unknown" ? "1" : first.start;
}

function familyTests(factory: Factory): void {
  test("descendants come from the top down, without the root", async () => {
    const { processes, family } = factory();
    const [root, child, grandchild] = await family();
    const ref = known(processes, root);
    const found = processes.descendants(ref);
    expect(found.map(({ pid }) => pid)).toEqual([child, grandchild]);
    expect(found.map((one) => processes.parent(one))).toEqual([root, child]);
    expect(found.map((one) => processes.parent({ ...one, start: "1" }))).toEqual([null, null]);
  });

  test("a child tells of its parent too, while both live", async () => {
    const { processes, family, until } = factory();
    const [root, child, grandchild] = (await family()).map((pid) => known(processes, pid));
    if (root === undefined || child === undefined || grandchild === undefined) throw new Error();
    expect(processes.bothAlive(root, child)).toBe(true);
    expect(processes.bothAlive(child, grandchild)).toBe(true);
    expect(processes.bothAlive(root, grandchild)).toBe(false);
    expect(processes.bothAlive(root, { ...child, start: "1" })).toBe(false);
    expect(processes.childOf(root, child.pid)).toEqual(child);
    expect(processes.childOf(root, grandchild.pid)).toBeNull();
    processes.signal(child, "KILL");
    await until(() => processes.liveness(child) === "dead");
    expect(processes.liveness(grandchild)).toBe("alive");
    expect(processes.bothAlive(child, grandchild)).toBe(false);
    expect(processes.bothAlive(root, child)).toBe(false);
    expect(processes.childOf(child, grandchild.pid)).toBeNull();
    expect(processes.childOf(root, child.pid)).toBeNull();
    processes.signal(grandchild, "KILL");
    await until(() => processes.liveness(grandchild) === "dead");
  });

  test("neither a dead process nor another of its pid has any", async () => {
    const { processes, family } = factory();
    const [root] = await family();
    expect(processes.descendants({ pid: root, start: "1" })).toEqual([]);
  });
}
