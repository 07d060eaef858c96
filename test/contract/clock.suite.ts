// What every Clock does (ports/clock.ts).

import { describe, expect, test } from "bun:test";

import type { Clock } from "../../src/ports/clock.ts";

export interface ClockUnderTest {
  readonly clock: Clock;
  /** Lets at least `ms` pass on the clock, and due timers fire. */
  readonly pass: (ms: number) => Promise<void>;
}

const MONTH_MS = 31 * 24 * 3600 * 1000;
/** 2020-01-01: whatever wall clock a host or a fake has, it is later. */
const PAST_WALL = Date.UTC(2020, 0, 1);

export function clockSuite(name: string, factory: () => ClockUnderTest): void {
  describe(`clock: ${name}`, () => {
    test("the three clocks go on together", async () => {
      const { clock, pass } = factory();
      const before = [clock.wall(), clock.mono(), clock.bootMs()] as const;
      await pass(20);
      expect(before[0]).toBeGreaterThan(PAST_WALL);
      expect(clock.wall() - before[0]).toBeGreaterThanOrEqual(19);
      expect(clock.mono() - before[1]).toBeGreaterThanOrEqual(19);
      expect(clock.bootMs() - before[2]).toBeGreaterThanOrEqual(19);
    });

    test("the monotonic clocks never go back", () => {
      const { clock } = factory();
      let mono: number = clock.mono();
      let boot = clock.bootMs();
      for (let look = 0; look < 1000; look += 1) {
        const next = [clock.mono(), clock.bootMs()] as const;
        expect(next[0]).toBeGreaterThanOrEqual(mono);
        expect(next[1]).toBeGreaterThanOrEqual(boot);
        [mono, boot] = next;
      }
    });

    sleepTests(factory);
    afterTests(factory);
  });
}

function sleepTests(factory: () => ClockUnderTest): void {
  test("sleep lasts as long as asked, not less", async () => {
    const { clock, pass } = factory();
    const started = clock.mono();
    let slept: number | null = null;
    const done = clock.sleep(30).then(() => {
      slept = clock.mono() - started;
    });
    await pass(5);
    expect(slept).toBeNull();
    await pass(60);
    await done;
    expect(slept).toBeGreaterThanOrEqual(29);
  });

  test("sleep ends at once when aborted, before or during", async () => {
    const { clock } = factory();
    const aborted = new AbortController();
    aborted.abort();
    await clock.sleep(MONTH_MS, aborted.signal);
    const later = new AbortController();
    const sleeping = clock.sleep(MONTH_MS, later.signal);
    later.abort();
    await sleeping;
  });

  test("sleep of nothing or less ends", async () => {
    const { clock, pass } = factory();
    const sleeping = Promise.all([clock.sleep(0), clock.sleep(-5)]);
    await pass(5);
    await sleeping;
  });

  test("an aborted signal is let go of", async () => {
    const { clock, pass } = factory();
    const controller = new AbortController();
    const sleeping = clock.sleep(1, controller.signal);
    await pass(10);
    await sleeping;
    controller.abort();
  });
}

function afterTests(factory: () => ClockUnderTest): void {
  test("after calls back once, not from inside", async () => {
    const { clock, pass } = factory();
    let calls = 0;
    clock.after(0, () => {
      calls += 1;
    });
    expect(calls).toBe(0);
    await pass(20);
    await pass(20);
    expect(calls).toBe(1);
  });

  test("a cancelled call never comes, and cancelling twice is harmless", async () => {
    const { clock, pass } = factory();
    let calls = 0;
    const cancel = clock.after(5, () => {
      calls += 1;
    });
    cancel();
    cancel();
    await pass(30);
    expect(calls).toBe(0);
  });

  test("a wait longer than the system's timers does not fire at once", async () => {
    const { clock, pass } = factory();
    let calls = 0;
    const cancel = clock.after(MONTH_MS, () => {
      calls += 1;
    });
    await pass(20);
    cancel();
    expect(calls).toBe(0);
  });
}
