// When to stop starting what will not stay up (service-manager contract): launchd itself never
// gives up. Pure.

import { wallMs, type WallMs } from "../core/brand.ts";

export const GIVE_UP_FAILURES = 5;
export const GIVE_UP_WINDOW_MS = 10 * 60_000;

export interface GivingUp {
  readonly gaveUp: boolean;
  readonly failures: number;
  /** When enough of them will be too old to count; null: it has not given up. */
  readonly untilWall: WallMs | null;
}

/** `failures`: when each was, in any order. */
export function givingUp(failures: readonly WallMs[], now: WallMs): GivingUp {
  const counted = failures
    .filter((wall) => wall <= now && now - wall < GIVE_UP_WINDOW_MS)
    .toSorted((a, b) => a - b);
  const oldest = counted.at(-GIVE_UP_FAILURES);
  if (oldest === undefined) return { gaveUp: false, failures: counted.length, untilWall: null };
  return {
    gaveUp: true,
    failures: counted.length,
    untilWall: wallMs(oldest + GIVE_UP_WINDOW_MS),
  };
}
