// Garbage is collected once, some time after a burst of launches, and not while nothing happens.

import { expect, test } from "bun:test";
import { collectAfterLaunches } from "../../src/effects/garbage.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { NewSessionSpec, Tmux } from "../../src/ports/tmux.ts";

test("once after many launches, again after more", async () => {
  const due: (() => void)[] = [];
  const clock = { after: (_ms: number, work: () => void) => void due.push(work) };
  const launched: unknown[] = [];
  const newSession = async (spec: NewSessionSpec) => {
    launched.push(spec);
    return { state: "failed", reason: "refused", detail: "" } as const;
  };
  let collected = 0;
  const tmux = collectAfterLaunches(
    { newSession } as unknown as Tmux,
    clock as unknown as Clock,
    () => (collected += 1),
  );
  for (const name of ["a", "b", "c"]) await tmux.newSession(name as never);
  expect({ launched, due: due.length, collected }).toEqual({
    launched: ["a", "b", "c"],
    due: 1,
    collected: 0,
  });
  due.pop()?.();
  expect([due.length, collected]).toEqual([0, 1]);
  await tmux.newSession("d" as never);
  due.pop()?.();
  expect(collected).toBe(2);
});
