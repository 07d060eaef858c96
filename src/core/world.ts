// What one supervise pass sees. Immutable, and complete: plan() asks nothing else.

import type { WallMs } from "./brand.ts";
import type { EndRecord } from "./generation.ts";
import type { IdentityDoc } from "./identity-doc.ts";
import type { GenerationId, Identity, Personality, RuntimeName } from "./names.ts";
import type { WakePolicy } from "./profile.ts";
import type { Liveness } from "./states.ts";

export interface World {
  readonly identities: readonly IdentityView[];
}

export interface IdentityView {
  readonly identity: Identity;
  readonly personality: Personality;
  readonly runtime: RuntimeName;
  /** False when state is left over from a peer that is no longer in the registry. */
  readonly registered: boolean;
  /** A service manager owns it: the daemon only reads. */
  readonly managed: boolean;
  readonly alwaysOn: boolean;
  readonly wakePolicy: WakePolicy;
  readonly defaultRuntime: RuntimeName;
  /** A launch of this identity is under way in this daemon. */
  readonly launching: boolean;
  /** Why its latest launch came to nothing before there was anything to record; absent: no such. */
  readonly unlaunched?: string;
  /** `doc` could not be read, and is as of before, or empty: it may be alive all the same. */
  readonly unread?: true;
  readonly doc: IdentityDoc;
  /** Null before the first launch. */
  readonly generation: GenerationView | null;
  /** Only for words: absent in a pass. */
  readonly hints?: Hints;
}

/** What no decision depends on, and a person who asks why has to know. */
export interface Hints {
  /** What has to be done before it can be launched or looked at: an order, no full stop. */
  readonly remedy?: string;
  /** Other presences of its peer that are alive; a verb without --runtime takes the first. */
  readonly aliveElsewhere?: readonly Identity[];
  /** The path of a plist or unit that holds it and is not iapeer's. */
  readonly foreignJob?: string;
  /** Who had it interrupted a moment before its own process ended. */
  readonly interruptedBy?: string;
}

export interface GenerationView {
  readonly id: GenerationId;
  readonly server: Liveness;
  /** The process in the session's one pane. */
  readonly pane: Liveness;
  /** Null: no record yet. */
  readonly end: EndRecord | null;
  /** How long this life has lasted (while alive), or lasted (when known), milliseconds. */
  readonly healthMs: number;
  /** How long the server or pane has been known dead without an end record, milliseconds. */
  readonly unwitnessedMs: number;
  /** Since the latest of transcript activity, pane output, the wake, and the last clock jump. */
  readonly idleMs: number | "unknown";
  /** Number of tmux clients. `unasked` in the steady state: asking costs a child process. */
  readonly attached: number | "unknown" | "unasked";
  /** It was not seen ready in time, and why; absent: it was, or is still waited for. */
  readonly unready?: string;
  /** Waited for until it is ready, for so many milliseconds more at most; absent: it is not. */
  readonly readyingMs?: number;
  readonly canary: Liveness;
  readonly paneLogBytes: number;
  /** The file was removed, or its writer has ended: what the pane prints is not there. */
  readonly paneLogLost: boolean;
}

/** The instant of a pass; wall time only for persisted deadlines. */
export interface Now {
  readonly wall: WallMs;
}
