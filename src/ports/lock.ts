// Port: exclusion between processes (storage contract: one writer; one supervisor of a root).

import type { Result } from "../core/result.ts";

/** A lock between processes around one file's read-change-write. */
export interface Lock {
  /** Waits up to `waitMs` (default 15 s); a lock left by a dead process is taken over. */
  withLock<T>(path: string, work: () => Promise<T>, waitMs?: number): Promise<Result<T>>;
}

/** `lost`: its file is gone, or another is in its place, so that it excludes nobody any more. */
export type LeaseHold = "ours" | "lost" | "unknown";

export interface HeldLease {
  readonly state: "held";
  /** Asked each time of the file system, without a child process; released, it is lost. */
  readonly hold: () => LeaseHold;
  release(): void;
}

export type LeaseOutcome =
  | HeldLease
  | { readonly state: "busy" }
  | { readonly state: "failed"; readonly detail: string };

/** The right to supervise a root: one process at a time, released by the kernel at its death. */
export interface Lease {
  acquire(path: string): LeaseOutcome;
}
