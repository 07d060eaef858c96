// What every Lock does (ports/lock.ts, storage contract).

import { describe, expect, test } from "bun:test";

import type { Lock } from "../../src/ports/lock.ts";

export interface LockUnderTest {
  readonly lock: Lock;
  /** Paths that nobody has locked; nothing has to be there. */
  readonly path: string;
  readonly otherPath: string;
  /** Lets time pass until the work has settled. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>;
  /** Lets about `ms` pass. */
  readonly pass: (ms: number) => Promise<void>;
}

type Factory = () => LockUnderTest;

export function lockSuite(name: string, factory: Factory): void {
  describe(`lock: ${name}`, () => {
    test("the work's value comes back", async () => {
      const { lock, path, settle } = factory();
      const outcome = await settle(lock.withLock(path, () => Promise.resolve(7)));
      expect(outcome).toEqual({ ok: true, value: 7 });
    });

    test("one at a time, in order, and nothing is lost", async () => {
      const { lock, path, settle, pass } = factory();
      const order: number[] = [];
      let inside = 0;
      let most = 0;
      const work = (n: number) => async () => {
        inside += 1;
        most = Math.max(most, inside);
        await pass(1);
        order.push(n);
        inside -= 1;
      };
      const all = Array.from({ length: 20 }, (_, n) => lock.withLock(path, work(n)));
      const outcomes = await settle(Promise.all(all));
      expect(outcomes.every(({ ok }) => ok)).toBe(true);
      expect(most).toBe(1);
      expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n));
    });

    test("another path is another lock", async () => {
      const { lock, path, otherPath, settle } = factory();
      const nested = lock.withLock(path, () =>
        lock.withLock(otherPath, () => Promise.resolve("both")),
      );
      expect(await settle(nested)).toEqual({ ok: true, value: { ok: true, value: "both" } });
    });

    describe("waiting", () => waitTests(factory));
    describe("failing work", () => failTests(factory));
  });
}

function waitTests(factory: Factory): void {
  test("ends after the time that was given, with a word about it", async () => {
    const { lock, path, settle } = factory();
    let ran = false;
    const run = () => {
      ran = true;
      return Promise.resolve();
    };
    const outcome = await settle(lock.withLock(path, () => lock.withLock(path, run, 60)));
    expect(outcome).toMatchObject({ ok: true, value: { ok: false } });
    expect(ran).toBe(false);
  });

  test("who gives up neither keeps nor breaks the queue", async () => {
    const { lock, path, settle } = factory();
    const held = Promise.withResolvers<void>();
    const first = lock.withLock(path, () => held.promise);
    const impatient = lock.withLock(path, () => Promise.resolve("early"), 40);
    const patient = lock.withLock(path, () => Promise.resolve("late"), 20_000);
    expect((await settle(impatient)).ok).toBe(false);
    held.resolve();
    expect((await settle(first)).ok).toBe(true);
    expect(await settle(patient)).toEqual({ ok: true, value: "late" });
  });
}

function failTests(factory: Factory): void {
  test("what the work throws passes through, and the lock is free again", async () => {
    const { lock, path, settle } = factory();
    const failing = lock.withLock(path, () => Promise.reject(new Error("broken")));
    const outcome = await settle(failing.then(() => "no", (error: Error) => error.message));
    expect(outcome).toBe("broken");
    const next = await settle(lock.withLock(path, () => Promise.resolve("next")));
    expect(next).toEqual({ ok: true, value: "next" });
  });
}
