// Port: time (lifecycle §4). Durations come from a monotonic clock, since wall time jumps.

import type { MonoMs, WallMs } from "../core/brand.ts";

/** Time, in one place: `Date.now` and timers are banned elsewhere. */
export interface Clock {
  wall(): WallMs;
  /** Does not run while the host is suspended. */
  mono(): MonoMs;
  /** Like mono, but runs through a suspend: the difference tells a suspend from a set clock. */
  bootMs(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once; the returned function cancels. */
  after(ms: number, call: () => void): () => void;
}
