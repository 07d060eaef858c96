// Port: noticing by event that a process has ended (lifecycle §4), so that no tick need look.

import type { ProcessRef } from "../core/process-ref.ts";

export type ArmOutcome = "armed" | "already-dead" | "failed";

/**
 * Tells of a process's end within milliseconds, from the kernel (pidfd, kqueue), or by a sweep
 * where neither works. A callback comes at most once an arming, never from inside `arm`.
 */
export interface DeathWatch {
  readonly mechanism: "pidfd" | "kqueue" | "sweep";
  arm(process: ProcessRef, onExit: () => void): ArmOutcome;
  disarm(process: ProcessRef): void;
  /**
   * Asks once about all of them, and tells soon of those that have ended and were not told of.
   * False: not all can be asked so, and whoever has to be sure looks at each.
   */
  catchUp(): boolean;
  /** How many are armed. */
  armed(): number;
  close(): void;
}
