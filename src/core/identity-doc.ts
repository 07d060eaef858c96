// `state/iapeer/peers/<identity>.json` (storage contract): what the supervisor remembers about
// an identity between ticks, and across its own death. One document, changed atomically.

import type { WallMs } from "./brand.ts";
import type { GenerationId, Identity } from "./names.ts";

export const DEATH_RING_MAX = 16;
export const TOPICS_MAX = 16;

export interface IdentityDoc {
  readonly version: 1;
  readonly identity: Identity;
  /** The operator's durable halt: never woken while set. */
  readonly stopped: boolean;
  /** The last generation ended in a clean park (idle-reap or `stop`). */
  readonly parked: boolean;
  /** Set by `iapeer refresh`, consumed by the next wake by message. */
  readonly freshNext: boolean;
  /** Set by `self-fresh`: relaunch at once when the session is gone. */
  readonly newEager: boolean;
  /** An ephemeral worker has sent its reply (or said `self-done`). */
  readonly ephemeralArmed: boolean;
  /** At most 16 times, oldest first. Deliberate ends never enter it. */
  readonly deaths: readonly WallMs[];
  /** At most 16, most recent last. */
  readonly topics: readonly string[];
  /** The present or latest generation; null before the first launch. */
  readonly generation: GenerationId | null;
  /** The latest generation whose end has been accounted for, so that no death counts twice. */
  readonly settled: GenerationId | null;
  /** Restart back-off of an always-on peer (lifecycle §4). */
  readonly restart: RestartState;
  /** No launch before the latest has begun a life; older documents do not say. */
  readonly neverLived?: true;
  /** Why the latest launch that a back-off follows came to nothing before it had a record. */
  readonly unlaunched?: string;
  /** Since when its service manager's process has given up on it; `start` and `new` clear it. */
  readonly gaveUpWall?: WallMs;
}

export interface RestartState {
  /** Restarts since the last long healthy life. */
  readonly attempts: number;
  /** No restart before this instant; null: none is pending. */
  readonly notBeforeWall: WallMs | null;
}

export const emptyIdentityDoc = (identity: Identity): IdentityDoc => ({
  version: 1,
  identity,
  stopped: false,
  parked: false,
  freshNext: false,
  newEager: false,
  ephemeralArmed: false,
  deaths: [],
  topics: [],
  generation: null,
  settled: null,
  restart: { attempts: 0, notBeforeWall: null },
});
