// What the plan decides about one identity. Carries identity, generation, action and cause:
// the log line is rendered from it, and apply() switches over it exhaustively.

import type { WallMs } from "./brand.ts";
import type { GenerationId, Identity, RuntimeName } from "./names.ts";
import type { DeathKind, InactionReason, TeardownReason } from "./states.ts";

interface About {
  readonly identity: Identity;
  readonly generation: GenerationId | null;
}

/** Nothing to do, and why; `untilWall` when time alone will change the answer. */
export interface NoAction extends About {
  readonly action: "none";
  readonly why: InactionReason;
  readonly untilWall?: WallMs;
}

/** The session is gone and the operator had stopped the peer: not a death (§4 line 2). */
export interface SettleStopped extends About {
  readonly action: "settle-stopped";
}

/** The session is gone because we meant it to be (idle, stop, new …): not a death. */
export interface SettleDeliberate extends About {
  readonly action: "settle-deliberate";
  readonly parked: boolean;
}

/** The session is gone otherwise: a death (§4 line 3). */
export interface SettleDeath extends About {
  readonly action: "settle-death";
  readonly death: DeathKind;
  /** How long it had lived, for the restart back-off. */
  readonly healthMs: number;
}

/** A launch came to nothing before anything was started: no death, but one to back off from. */
export interface SettleUnstarted extends About {
  readonly action: "settle-unstarted";
}

/** No witness recorded this end in time: the daemon does (§5). */
export interface RecordEnd extends About {
  readonly action: "record-end";
  readonly death: DeathKind;
}

/** The pane's process is gone and its server still runs: end the server too. */
export interface ClearServer extends About {
  readonly action: "clear-server";
}

export interface Relaunch extends About {
  readonly action: "relaunch";
  readonly runtime: RuntimeName;
  readonly cause: "new" | "always-on";
}

export interface Reap extends About {
  readonly action: "reap";
  readonly reason: Extract<TeardownReason, "idle" | "ephemeral-done" | "ephemeral-backstop">;
  readonly idleMs: number;
}

export interface ArmCanary extends About {
  readonly action: "arm-canary";
}

export interface RotatePaneLog extends About {
  readonly action: "rotate-pane-log";
  readonly bytes: number;
}

export interface ReopenPaneLog extends About {
  readonly action: "reopen-pane-log";
}

export type Decision =
  | NoAction
  | SettleStopped
  | SettleDeliberate
  | SettleDeath
  | SettleUnstarted
  | RecordEnd
  | ClearServer
  | Relaunch
  | Reap
  | ArmCanary
  | RotatePaneLog
  | ReopenPaneLog;
