// What the parts of the supervisor share: the host, the lives it holds, one lane an identity,
// and the ways to ask for another look.

import type { ClockWatch } from "./clock-watch.ts";
import type { Concerned } from "./concerned.ts";
import type { Incidents } from "./incidents.ts";
import type { KinNotes } from "./kin.ts";
import type { Lanes } from "./lanes.ts";
import type { Lives } from "./lives.ts";
import type { Rest } from "./rest.ts";
import type { LastSeen } from "./unseen.ts";
import type { WatchDeps } from "./watches.ts";
import type { MonoMs, WallMs } from "../core/brand.ts";
import type { EndRecord, StartRecord } from "../core/generation.ts";
import type { GenerationId, Identity } from "../core/names.ts";
import type { Registry } from "../core/profile.ts";
import type { GenerationRef } from "../flows/session/records.ts";
import type { FolderChanges } from "../ports/folder-changes.ts";
import type { Host } from "../ports/host.ts";

export interface Context {
  readonly host: Host;
  readonly watches: WatchDeps;
  /** Whose pane log has changed. */
  readonly paneLogs: FolderChanges;
  readonly lives: Lives;
  /** Launch, teardown and accounting of one identity, one at a time. */
  readonly lanes: Lanes<Identity>;
  /** Readying and delivering, in the order asked; never holds up a teardown. */
  readonly talks: Lanes<Identity>;
  readonly incidents: Incidents;
  readonly rest: Rest;
  readonly kin: KinNotes;
  readonly clocks: ClockWatch;
  /** Lives that are over and replaced, whose end record has not been seen yet. */
  readonly unrecorded: Map<GenerationId, Unrecorded>;
  /** Ends whose line in exits.log has not been seen yet. */
  readonly unlined: Map<GenerationId, Unlined>;
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>;
  readonly state: SupervisorState;
  /** False in a process that holds one peer: its word must not pass for the daemon's. */
  readonly keepsHeartbeat: boolean;
  /** Nobody else is adopted, watched or supervised, and nobody launched unasked; null: all are. */
  readonly concerned: Concerned;
  /** Aborted when what takes long for others' sake, as a provider's command, has to end now. */
  readonly hurry: AbortController;
  /** The root is gone, or another's by now. */
  readonly isLost: () => boolean;
  /** Nothing new is begun: it was asked to stop, or its root is lost. */
  readonly isClosing: () => boolean;
  /** Another look at this identity, soon; asking twice looks once. */
  enqueue(identity: Identity): void;
}

/** A life that is over; without a start record, its launch was cut off before anything ran. */
export interface Unrecorded extends GenerationRef {
  readonly start: StartRecord | null;
  /** Nobody saw it end: the last instant at which it is known to have lived. */
  readonly since?: WallMs;
  /** When it was known to be over, before its successor began; absent: as it is recorded. */
  readonly overWall?: WallMs;
  /** A witness has until then; absent: it had its time. */
  readonly untilMono?: MonoMs;
  /** It could not be told yet whether it is over. */
  readonly unsure?: boolean;
}

export interface Unlined {
  readonly ref: GenerationRef;
  readonly sinceMono: MonoMs;
  /** The record, where it is purged with its peer. */
  readonly end?: EndRecord;
}

/** Who there is, as last read. */
export interface MemberState {
  registry: Registry;
  registryStamp: string;
  /** Its file is gone or does not parse: the one above is all that is known of it. */
  registryLost?: boolean;
  /**
   * It has never been readable, so that nobody knows whose a life is that a cut rename has left
   * under one of two names; false: it has been.
   */
  renamesOwed?: boolean;
  /** It is being written again. */
  mending?: boolean;
  ticks: number;
}

export interface SupervisorState extends MemberState {
  /** Its folders are there; tried again at each tick while they could not be made. */
  rootReady: boolean;
  /** Which of them is not, and why; absent: all are there. */
  rootTrouble?: string;
  /** Why the latest heartbeat could not be written; absent: it was. */
  stateTrouble?: string;
  /** Renames that were cut off have been completed. */
  renamesFinished?: true;
  /** Set by stop(), and with the loss of the root; asked by `isClosing`. */
  closing: boolean;
  /** What was last known alive before this supervisor began, for ends that nobody saw. */
  lastSeen: LastSeen | null;
  lastTickMs: number;
}
