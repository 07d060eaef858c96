// Wall-clock jumps and suspends (lifecycle §4): told apart by three clocks, so that a jump
// neither reaps nor restarts anybody and persisted deadlines keep their meaning.

import { wallMs, type MonoMs, type WallMs } from "../core/brand.ts";
import type { IdentityDoc } from "../core/identity-doc.ts";

/** Three clocks read together. `boot` runs through a suspend, `mono` does not. */
export interface ClockReading {
  readonly wall: WallMs;
  readonly mono: MonoMs;
  readonly boot: number;
}

export interface ClockJump {
  /** `set`: somebody moved the wall clock. `suspend`: the host slept, and the clock is right. */
  readonly kind: "set" | "suspend";
  /** How far the wall clock was moved, or how long the host slept. */
  readonly deltaMs: number;
}

/**
 * What happened to the clocks between two readings; null when they agree to within the
 * threshold. A clock set during a suspend is told as `set`, less the time slept: it is the one
 * that deadlines must follow.
 */
export function detectJump(
  before: ClockReading,
  after: ClockReading,
  thresholdMs: number,
): ClockJump | null {
  const wall = after.wall - before.wall;
  const mono = after.mono - before.mono;
  const boot = after.boot - before.boot;
  const setMs = wall - boot;
  if (Math.abs(setMs) > thresholdMs) return { kind: "set", deltaMs: setMs };
  const sleptMs = boot - mono;
  return sleptMs > thresholdMs ? { kind: "suspend", deltaMs: sleptMs } : null;
}

/**
 * The document after the wall clock was *set*: what lay ten minutes back still does. Not for a
 * suspend, through which wall time went on truthfully.
 */
export const shiftDoc = (doc: IdentityDoc, deltaMs: number): IdentityDoc => ({
  ...doc,
  deaths: doc.deaths.map((death) => wallMs(death + deltaMs)),
  restart: {
    ...doc.restart,
    notBeforeWall:
      doc.restart.notBeforeWall === null ? null : wallMs(doc.restart.notBeforeWall + deltaMs),
  },
});

export interface IdleFacts {
  /** The latest of transcript and pane activity; null: neither is known. */
  readonly lastActivityWall: WallMs | null;
  readonly nowWall: WallMs;
  /** Monotonic time since the latest of the wake and the last clock jump. */
  readonly floorMonoAgeMs: number;
}

/**
 * How long a session has been idle. Wall times only ever shorten it: an activity in the future
 * counts as now, and one from before a jump counts as old as the jump.
 */
export function idleAgeMs(facts: IdleFacts): number {
  const floorMs = Math.max(0, facts.floorMonoAgeMs);
  if (facts.lastActivityWall === null) return floorMs;
  return Math.min(floorMs, Math.max(0, facts.nowWall - facts.lastActivityWall));
}
