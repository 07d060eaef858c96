// Garbage is collected some time after the last of a burst of launches, once more when all of it
// is over, and not while nothing happens.

import { expect, test } from "bun:test";
import { collectAfterLaunches } from "../../src/effects/garbage.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { NewSessionSpec, Tmux } from "../../src/ports/tmux.ts";

/** A clock of which at most one alarm is ever set, as `due` tells. */
function scene() {
  const launched: unknown[] = [];
  const collectedAt: number[] = [];
  let now = 5000;
  let due: { readonly at: number; readonly work: () => void } | null = null;
  const clock = {
    mono: () => now,
    after: (ms: number, work: () => void) => {
      expect(due).toBeNull();
      const mine = (due = { at: now + ms, work });
      return () => {
        if (due === mine) due = null;
      };
    },
  };
  const newSession = async (spec: NewSessionSpec) => {
    launched.push(spec);
    return { state: "failed", reason: "refused", detail: "" } as const;
  };
  const collect = () => void collectedAt.push(now);
  const parts = [{ newSession } as unknown as Tmux, clock as unknown as Clock] as const;
  const tmux = collectAfterLaunches(...parts, collect);
  const passes = (ms: number) => {
    const until = now + ms;
    while (due !== null && due.at <= until) {
      const { at, work } = due;
      due = null;
      now = at;
      work();
    }
    now = until;
  };
  const launch = (name: string) => tmux.newSession(name as never);
  return { launched, collectedAt, launch, passes, isDue: () => due !== null };
}

test("after many launches, once more when they are over, and again after more", async () => {
  const { launched, collectedAt, launch, passes, isDue } = scene();
  passes(60_000);
  expect(collectedAt.splice(0)).toEqual([6000, 21_000]);
  for (const name of ["a", "b", "c"]) {
    await launch(name);
    passes(500);
  }
  expect([launched, collectedAt]).toEqual([["a", "b", "c"], []]);
  passes(60_000);
  expect([collectedAt, isDue()]).toEqual([[67_000, 82_000], false]);
  await launch("d");
  passes(60_000);
  expect([collectedAt.length, isDue()]).toEqual([4, false]);
});

test("now and then while launches never cease", async () => {
  const { collectedAt, launch, passes } = scene();
  for (let launches = 0; launches < 600; launches += 1) {
    await launch("a");
    passes(100);
  }
  expect(collectedAt.length).toBeGreaterThanOrEqual(20);
  expect(collectedAt.length).toBeLessThanOrEqual(30);
});
