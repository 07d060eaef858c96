// One timer an identity, for what only time will change before the next tick.

import type { Context } from "./context.ts";
import type { Live } from "./live.ts";

/** Time alone may change the answer before the next tick does. */
export function scheduleNext(context: Context, live: Live, untilWall: number | null): void {
  live.cancelTimer?.();
  live.cancelTimer = null;
  if (untilWall === null || context.state.closing) return;
  const { clock, config } = context.host;
  const waitMs = Math.max(1, untilWall - clock.wall());
  if (waitMs >= config.tickMs) return;
  live.cancelTimer = clock.after(waitMs, () => context.enqueue(live.identity));
}
