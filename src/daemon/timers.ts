// One timer an identity, for what only time will change before the next tick.

import type { Context } from "./context.ts";
import type { Live } from "./live.ts";

/** Time alone may change the answer before the next tick does. */
export function scheduleNext(context: Context, live: Live, untilWall: number | null): void {
  live.cancelTimer?.();
  live.cancelTimer = null;
  const { clock, config } = context.host;
  const dueMs = untilWall === null ? config.tickMs : Math.max(1, untilWall - clock.wall());
  const waitMs = Math.min(dueMs, live.logPaceMs ?? config.tickMs);
  live.logPaceMs = slower(live.logPaceMs, config.tickMs);
  if (waitMs >= config.tickMs || context.isClosing()) return;
  live.cancelTimer = clock.after(waitMs, () => context.enqueue(live.identity));
}

/** Half as often each time, unless it has to be emptied again by then. */
const slower = (paceMs: number | null, tickMs: number): number | null =>
  paceMs === null || paceMs * 2 >= tickMs ? null : paceMs * 2;
