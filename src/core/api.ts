// Requests and answers on the daemon's unix socket (HTTP, JSON). The CLI is its only client yet.

import type { GenerationId, Identity, Personality } from "./names.ts";
import type { DaemonStatus, Snapshot, WhyReport } from "./snapshot.ts";
import type { WakeCause, WakeMode } from "./states.ts";

export const VERBS = [
  "wake",
  "start",
  "stop",
  "new",
  "refresh",
  "attach",
  "interrupt",
  "compact",
  "self-fresh",
  "self-done",
  "folder-launch",
  "remove",
  "rename",
] as const;

/** So long an answer is waited for. A boot has bounds of its own; this is only a backstop. */
export const VERB_TIMEOUT_MS = 15 * 60_000;

/** `POST /v1/peers/<personality>/<verb>`; each verb's guards are in the verb. */
export type Verb = (typeof VERBS)[number];

export interface VerbCall {
  readonly personality: Personality;
  readonly verb: Verb;
  readonly request: VerbRequest;
}

export interface VerbRequest {
  readonly runtime?: string;
  readonly message?: string;
  readonly topic?: string;
  readonly mode?: WakeMode;
  /** Identity or `operator`; named in records as the one who asked. */
  readonly from?: string;
  /** self-fresh, self-done: the life that says so; absent: the present one is meant. */
  readonly generation?: string;
  /** rename: the new personality. */
  readonly to?: string;
  /** remove: only the registry's record, where a foreign plist or unit names the peer. */
  readonly force?: boolean;
  /** rename: the new folder, when the folder moves with the name. */
  readonly cwd?: string;
}

/** Of a message, when one was given. */
export interface Delivery {
  readonly delivered?: DeliveryState;
  /** Why it was not, or what leaves it in doubt, and what shows more. */
  readonly delivery_detail?: string;
  readonly delivery_next?: string;
}

/** What a life verb came to. `delivered` only when a message was given. */
export type VerbAnswer =
  | ({
      readonly result: "woke";
      readonly identity: Identity;
      readonly generation: GenerationId;
      readonly mode: WakeMode;
      readonly cause: WakeCause | `${string}-no-resume`;
      readonly ms: number;
    } & Delivery)
  | ({
      readonly result: "already-alive";
      readonly identity: Identity;
      readonly generation: GenerationId;
      /** What was asked for and holds only at a launch. */
      readonly not_applied?: WakeMode;
    } & Delivery)
  | {
      readonly result: "done";
      readonly identity: Identity;
      readonly detail: string;
      /** The peer's other presences, where it was about all of them. */
      readonly others?: readonly { readonly identity: Identity; readonly detail: string }[];
    }
  | {
      readonly result: "refused" | "failed";
      readonly identity: Identity;
      /** A `RefusalCause`, or the code of what failed. */
      readonly cause: string;
      readonly detail: string;
      readonly next: string;
    };

/** `delivered`: the turn began, or output moved where none is known. `unconfirmed`: nothing did. */
export type DeliveryState = "delivered" | "unconfirmed" | "not-delivered";

export interface ApiError {
  readonly error: { readonly code: string; readonly message: string; readonly next: string };
}

/** `no-daemon`: nothing answers on the socket, `why` says what was found there. */
export type Reached<T> =
  | { readonly state: "answered"; readonly value: T }
  | { readonly state: "no-daemon"; readonly why: string }
  | {
      readonly state: "unknown";
      readonly why: string;
      /** Of a daemon that still runs. */
      readonly pid?: number;
      /** False: it answered no other question, so this one was not put to it. */
      readonly isAsked?: false;
      /** What the daemon says to do, where it has failed. */
      readonly next?: string;
    };

/** The daemon over its unix socket; every call is bounded in time. */
export interface DaemonClient {
  status(): Promise<DaemonStatus>;
  snapshot(): Promise<Reached<Snapshot>>;
  why(personality: Personality): Promise<Reached<WhyReport>>;
  verb(call: VerbCall): Promise<Reached<VerbAnswer>>;
  /** Asks it to end; sessions live on. */
  stop(): Promise<Reached<{ pid: number }>>;
}
