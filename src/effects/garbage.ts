// Garbage of a process that lives for long and mostly waits. A manager runs it without bun's own
// timer (core/service-job.ts), since nothing is to be collected while nothing happens.

import type { Clock } from "../ports/clock.ts";
import type { Tmux } from "../ports/tmux.ts";

/** A launch leaves the most behind; a collection stops everything for some tens of ms. */
const QUIET_MS = 1000;
/**
 * Of launches that never cease, one collection in so long. What survives in between spreads the
 * heap: with 5 s the memory of a thousand peers, woken and parked on and on, was 4 MB more.
 */
const LATEST_MS = 2000;
/** Some of it is free only then: 1 to 8 MB after the launches of a thousand peers. */
const AGAIN_MS = 15_000;

/**
 * Collects soon after the last of some launches, and once more when all of them is over; and after
 * the beginning, when the records of all have been read.
 */
export function collectAfterLaunches(
  tmux: Tmux,
  clock: Clock,
  collect: () => void = () => Bun.gc(true),
): Tmux {
  let begun: number | null = null;
  let latest = 0;
  let callOff = () => {};
  const look = () => {
    const now = clock.mono();
    const quietIn = latest + QUIET_MS - now;
    if (quietIn > 0 && now - (begun ?? now) < LATEST_MS) return void clock.after(quietIn, look);
    begun = null;
    collect();
    callOff = clock.after(AGAIN_MS, collect);
  };
  const soon = () => {
    latest = clock.mono();
    if (begun !== null) return;
    begun = latest;
    callOff();
    clock.after(QUIET_MS, look);
  };
  soon();
  return {
    ...tmux,
    newSession: (spec) => {
      soon();
      return tmux.newSession(spec);
    },
  };
}
