// Garbage of a process that lives for long and mostly waits. A manager runs it without bun's own
// timer (core/service-job.ts), since nothing is to be collected while nothing happens.

import type { Clock } from "../ports/clock.ts";
import type { Tmux } from "../ports/tmux.ts";

/** A launch leaves the most behind; of many at once one collection in so long is enough. */
const AFTER_MS = 2000;

/** Collects soon after a launch. */
export function collectAfterLaunches(
  tmux: Tmux,
  clock: Clock,
  collect: () => void = () => Bun.gc(true),
): Tmux {
  let isDue = false;
  const soon = () => {
    if (isDue) return;
    isDue = true;
    clock.after(AFTER_MS, () => {
      isDue = false;
      collect();
    });
  };
  return {
    ...tmux,
    newSession: (spec) => {
      soon();
      return tmux.newSession(spec);
    },
  };
}
