// The restart back-off of always-on peers (lifecycle §4): a first restart after 10 s of health
// is immediate, later ones wait 1 s, doubling to 5 min; 10 min of health start it over.

import { wallMs, type WallMs } from "../core/brand.ts";
import type { Config } from "../core/config.ts";
import type { RestartState } from "../core/identity-doc.ts";

export type RestartLimits = Pick<
  Config,
  "restartFirstMs" | "restartMaxMs" | "restartHealthyMs" | "restartResetMs"
>;

/** Enough doublings to pass any sensible maximum, few enough to stay a finite number. */
const DOUBLINGS_MAX = 40;

/** When an always-on peer that just died, after `healthMs` of life, may be restarted. */
export function nextRestart(
  restart: RestartState,
  healthMs: number,
  at: { readonly now: WallMs; readonly config: RestartLimits },
): RestartState {
  const { now, config } = at;
  const attempts = healthMs >= config.restartResetMs ? 0 : restart.attempts;
  if (attempts === 0 && healthMs >= config.restartHealthyMs) {
    return { attempts: 1, notBeforeWall: now };
  }
  const step = Math.max(attempts, 1);
  const doubled = config.restartFirstMs * 2 ** Math.min(step - 1, DOUBLINGS_MAX);
  const delayMs = Math.min(doubled, config.restartMaxMs);
  return { attempts: step + 1, notBeforeWall: wallMs(now + delayMs) };
}
