// Garbage of a process that lives for long and mostly waits. A manager runs it without bun's own
// timer (core/service-job.ts), since nothing is to be collected while nothing happens.

import type { Clock } from "../ports/clock.ts";
import type { Tmux } from "../ports/tmux.ts";

/** A launch leaves the most behind; a collection stops everything for some tens of ms. */
const QUIET_MS = 2000;
/** Of launches that never cease, one collection in so long is enough. */
const LATEST_MS = 5000;

/** Collects soon after the last of some launches. */
export function collectAfterLaunches(
  tmux: Tmux,
  clock: Clock,
  collect: () => void = () => Bun.gc(true),
): Tmux {
  let begun: number | null = null;
  let latest = 0;
  const look = () => {
    const now = clock.mono();
    const quietIn = latest + QUIET_MS - now;
    if (quietIn > 0 && now - (begun ?? now) < LATEST_MS) return void clock.after(quietIn, look);
    begun = null;
    collect();
  };
  const soon = () => {
    latest = clock.mono();
    if (begun !== null) return;
    begun = latest;
    clock.after(QUIET_MS, look);
  };
  return {
    ...tmux,
    newSession: (spec) => {
      soon();
      return tmux.newSession(spec);
    },
  };
}
