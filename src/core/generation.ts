// The two records of a generation's life (lifecycle §5).

import type { WallMs } from "./brand.ts";
import type { GenerationId, Identity, Personality, RuntimeName } from "./names.ts";
import type { ProcessRef } from "./process-ref.ts";
import type {
  EndEvent,
  EndWitness,
  ServerExitCause,
  TeardownReason,
  WakeMode,
} from "./states.ts";

/** `start.json`: written before the server starts, completed (`server`, `pane`) after. */
export interface StartRecord {
  readonly version: 1;
  readonly identity: Identity;
  readonly generation: GenerationId;
  readonly personality: Personality;
  readonly runtime: RuntimeName;
  readonly cwd: string;
  /** Secrets redacted; for people, never executed again. */
  readonly argv: readonly string[];
  readonly mode: WakeMode;
  readonly cause: string;
  readonly startedWall: WallMs;
  readonly bootId: string;
  readonly socket: string;
  readonly server?: ProcessRef;
  readonly pane?: ProcessRef;
}

/** How sure a verdict is, and what the system showed (lifecycle §5). */
export interface EndVerdict {
  readonly exitCode?: number;
  /** Signal number that ended the pane's process. */
  readonly signal?: number;
  /** The kernel's OOM killer ran during this life's last moments. */
  readonly oom: "seen" | "not-seen" | "unknown";
  /** Share of the last 10 s in which some task waited for memory, percent. */
  readonly memoryPressurePercent?: number;
  /** Peak resident memory of the pane's process, where the system tells. */
  readonly rssPeakKb?: number;
  /** The kill was one of ours; `signalId` names its line in lifecycle.log. */
  readonly ours: boolean;
  readonly signalId?: string;
  readonly confidence: "certain" | "likely" | "unknown";
}

/** `end.json`: appears whole or not at all, and only the first one counts. */
export interface EndRecord {
  readonly version: 1;
  readonly ev: EndEvent;
  readonly identity: Identity;
  readonly generation: GenerationId;
  /** RFC 3339, UTC, milliseconds. */
  readonly ts: string;
  readonly by: EndWitness;
  /** `ev=teardown`. */
  readonly reason?: TeardownReason;
  /** Whose word it was: an identity, or `operator`; absent: nobody asked for it. */
  readonly askedBy?: string;
  /** `ev=server-exit`. */
  readonly cause?: ServerExitCause;
  readonly serverPid?: number;
  readonly waitRc?: number;
  /** `ev=session-exit`; exactly one of the two is present when known. */
  readonly deadStatus?: number;
  readonly deadSignal?: number;
  /** Only for ends that nobody saw: the last instant at which it was known alive. */
  readonly since?: string;
  /** Path of the forensics file. */
  readonly forensics?: string;
  /** `false`: nothing was ever started, so that nothing has died. */
  readonly started?: false;
  /** What stood in the way of a launch. */
  readonly detail?: string;
  readonly verdict: EndVerdict;
}

/** Ends that we meant: they never enter the death ring (lifecycle §4). */
export const isDeliberate = (end: EndRecord): boolean =>
  end.ev === "teardown" && end.reason !== "launch-failed" && end.reason !== "session-gone";

/** Of what was never started nothing has died; all other ends that we did not mean are deaths. */
export const isUnstarted = (end: EndRecord): boolean => end.started === false;

/** What the death ring counts. */
export const isDeath = (end: EndRecord): boolean => !isDeliberate(end) && !isUnstarted(end);

/** A removal that was cut off leaves a peer that was stopped. */
const PARKING: readonly unknown[] = ["idle", "stop", "remove"];

/** A clean park, after which a conversation may be resumed (lifecycle §3). */
export const isCleanPark = (end: EndRecord): boolean =>
  end.ev === "teardown" && PARKING.includes(end.reason);
