// Port: exclusion between processes (storage contract: one writer; one supervisor of a root).

import type { Result } from "../core/result.ts";

/** A lock between processes around one file's read-change-write. */
export interface Lock {
  /** Waits up to `waitMs` (default 15 s); a lock left by a dead process is taken over. */
  withLock<T>(path: string, work: () => Promise<T>, waitMs?: number): Promise<Result<T>>;
}

export type LeaseOutcome =
  | { readonly state: "held"; release(): void }
  | { readonly state: "busy" }
  | { readonly state: "failed"; readonly detail: string };

/** The right to supervise a root: one process at a time, released by the kernel at its death. */
export interface Lease {
  acquire(path: string): LeaseOutcome;
}
