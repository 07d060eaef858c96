// What a verb may reach. wire.ts provides it, so that no verb imports an effect or the daemon.

import type { DaemonClient, VerbAnswer, VerbCall } from "../core/api.ts";
import type { Config } from "../core/config.ts";
import type { IapeerError } from "../core/error.ts";
import type { Personality, RuntimeName } from "../core/names.ts";
import type { Snapshot, WhyReport } from "../core/snapshot.ts";
import type { Host } from "../ports/host.ts";
import type { Services } from "../ports/services.ts";

/** Nothing was done but for `answered`; `answers`: a daemon does by now, and is the one to ask. */
export type Direct =
  | { readonly state: "answered"; readonly value: VerbAnswer }
  | { readonly state: "answers" | "interrupted" }
  /** Another process holds the lease for too long; or it cannot be taken. */
  | { readonly state: "busy" | "failed"; readonly why: string };

/** Supervising a root for the length of one call, while no daemon does (it holds the lease). */
export interface DirectSupervisor {
  /** Waits for another such call, or for a daemon that starts or ends; bounded. */
  verb(call: VerbCall): Promise<Direct>;
  snapshot(): Promise<Snapshot>;
  why(personality: Personality): Promise<WhyReport>;
}

export interface DaemonRunOptions {
  /** Called once it answers on its socket. */
  readonly onReady?: () => void;
  readonly signal?: AbortSignal;
}

export interface HoldPeerOptions {
  readonly personality: Personality;
  readonly runtime: RuntimeName;
  readonly onUp?: (how: "adopted" | "started") => void;
  /** Nothing was started, and why; it is tried again in so many milliseconds. */
  readonly onPause?: (why: string, ms: number) => void;
}

/** All but `died` and `failed` are deliberate. */
export interface HeldEnd {
  readonly end: "stopped" | "let-go" | "ended" | "gave-up" | "died" | "failed";
  readonly detail: string;
}

export interface App {
  readonly config: Config;
  /** Part of it could not be used, and has its defaults here: nothing may be started then. */
  readonly configTrouble: IapeerError | null;
  readonly host: Host;
  readonly services: Services;
  readonly client: DaemonClient;
  readonly direct: DirectSupervisor;
  /** Holds one peer in the foreground; resolves when it has ended, or was let go of. */
  holdPeer(options: HoldPeerOptions): Promise<HeldEnd>;
  /** Runs in the foreground until asked to stop; resolves to the exit code. */
  runDaemon(options: DaemonRunOptions): Promise<number>;
}

/** stdout is the answer, stderr is everything else. */
export interface Terminal {
  readonly isTty: boolean;
  readonly color: boolean;
  readonly columns: number;
  out(text: string): void;
  err(text: string): void;
  /** Asks a yes/no question on a terminal; false without one. */
  confirm(question: string): Promise<boolean>;
  /** Reads all of stdin, bounded. */
  readStdin(maxBytes: number): Promise<string>;
  /** Runs a program on this terminal (attach): its exit code, or null when there is none such. */
  handOver(argv: readonly string[]): Promise<number | null>;
  /** Aborted at Ctrl-C. */
  readonly interrupted: AbortSignal;
}
