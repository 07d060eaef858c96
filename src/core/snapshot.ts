// What reading verbs show, whoever computes it: the daemon from memory, or a verb from files.
// The JSON forms are those of the CLI contract.

import type { IdentityDoc } from "./identity-doc.ts";
import type { GenerationId, Identity, Intelligence, Personality, RuntimeName } from "./names.ts";
import type { PeerState } from "./states.ts";

export interface PresenceRow {
  readonly runtime: RuntimeName;
  readonly identity: Identity;
  readonly state: PeerState;
  /** RFC 3339; null when nothing has happened yet. */
  readonly since: string | null;
  readonly generation?: GenerationId;
  readonly server_pid?: number;
  readonly pane_pid?: number;
  /** Number of tmux clients last reported by the session's own hooks. */
  readonly attached: number;
  /** RFC 3339. */
  readonly last_active?: string;
  /** It is always on, and its last launch failed before anything was started: why. */
  readonly not_started?: string;
  /** It is alive, and was not seen ready in time: why. */
  readonly not_ready?: string;
  /** It is alive, and still waited for until it is ready. */
  readonly getting_ready?: true;
}

export interface PeerRow {
  readonly personality: Personality;
  readonly description: string;
  readonly intelligence: Intelligence;
  readonly cwd: string;
  readonly default_runtime: RuntimeName;
  readonly runtimes: readonly PresenceRow[];
}

export interface Snapshot {
  readonly schema: "iapeer.list.v1";
  readonly peers: readonly PeerRow[];
}

/** One remembered decision about an identity, newest last; `iapeer why` shows them. */
export interface RememberedDecision {
  readonly ts: string;
  readonly identity: Identity;
  readonly action: string;
  readonly cause: string;
  readonly detail: string;
}

export interface WhyReport {
  readonly schema: "iapeer.why.v1";
  readonly personality: Personality;
  readonly presences: readonly WhyPresence[];
}

export interface WhyPresence {
  readonly identity: Identity;
  readonly state: PeerState;
  /** One sentence: why it is in this state. */
  readonly because: string;
  /** One sentence: what has to be done before anything of `next` is; absent: nothing. */
  readonly first?: string;
  /** One sentence: what would change it, or what the daemon waits for. */
  readonly next: string;
  /** As in a `PresenceRow`. */
  readonly not_started?: string;
  readonly not_ready?: string;
  readonly getting_ready?: true;
  readonly doc: IdentityDoc;
  readonly decisions: readonly RememberedDecision[];
}

export interface DaemonStatus {
  readonly schema: "iapeer.daemon.v1";
  readonly state: "running" | "stale" | "not-running" | "unknown";
  readonly pid?: number;
  readonly started?: string;
  readonly version?: string;
  readonly death_watch?: string;
  /** Whether there was a config.json when it started. */
  readonly config?: "file" | "none";
  readonly last_tick?: string;
  readonly tick_ms?: number;
  readonly peers_alive?: number;
  readonly reason?: string;
  /** Why it cannot write a log. */
  readonly log_trouble?: string;
  /** Why it cannot write what it remembers, its own progress for one. */
  readonly state_trouble?: string;
}
