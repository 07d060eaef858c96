// The crash-loop guard (lifecycle §4): 3 deaths within 300 s, and a peer is left alone until
// the oldest of them has aged out.

import { wallMs, type WallMs } from "../core/brand.ts";
import type { Config } from "../core/config.ts";
import { DEATH_RING_MAX } from "../core/identity-doc.ts";

export type CrashLoopLimits = Pick<Config, "crashLoopMax" | "crashLoopWindowMs">;

export interface CrashLoop {
  readonly looped: boolean;
  /** When it will have cooled by itself; null when it is not looped. */
  readonly untilWall: WallMs | null;
}

/**
 * Whether `crashLoopMax` deaths lie within the window before `now`. A death in the future (the
 * clock was set back) counts as now, and one further ahead than the window not at all: it is
 * another clock's time, and would hold a peer down until that came. A maximum below 1 switches
 * the guard off.
 */
export function crashLoop(
  deaths: readonly WallMs[],
  now: WallMs,
  limits: CrashLoopLimits,
): CrashLoop {
  const { crashLoopMax, crashLoopWindowMs } = limits;
  if (crashLoopMax < 1) return { looped: false, untilWall: null };
  const recent = deaths
    .filter((death) => death - now <= crashLoopWindowMs)
    .map((death) => Math.min(death, now))
    .toSorted((a, b) => b - a);
  const deciding = recent[crashLoopMax - 1];
  if (deciding === undefined || now - deciding >= crashLoopWindowMs) {
    return { looped: false, untilWall: null };
  }
  return { looped: true, untilWall: wallMs(deciding + crashLoopWindowMs) };
}

/** The ring of the last 16 deaths, oldest first. */
export const addDeath = (deaths: readonly WallMs[], at: WallMs): readonly WallMs[] =>
  [...deaths, at].slice(-DEATH_RING_MAX);
