// Port: child processes, bounded in time and output, by argv and never through a shell.

import type { ProcessRef } from "../core/process-ref.ts";

export interface RunSpec {
  /** argv[0] is the program; never a shell string. */
  readonly argv: readonly string[];
  /** Default: our own; / where that was removed. */
  readonly cwd?: string;
  /** Replaces the inherited environment when given. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: closed. */
  readonly stdin?: string;
  /** Whole run, to its end: the process group is ended (TERM, then KILL after 2 s). */
  readonly timeoutMs: number;
  /** For each of stdout and stderr; more is dropped. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Which part of an output over `maxBytes` is kept. Default: the first. */
  readonly keep?: "first" | "last";
  /**
   * Nothing of it may be left: at its own end too, what remains of its process group is ended;
   * and when it is ended before, so are descendants that have left the group: children of
   * children, and whoever has `IAPEER_RUN` of its environment. Default: false.
   */
  readonly leavesNothing?: boolean;
  /** Ends it as the timeout does; the state is then `failed`. */
  readonly signal?: AbortSignal;
}

export interface RunOutcome {
  readonly state: "ok" | "failed" | "timeout" | "not-executable";
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface DetachSpec {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export type DetachOutcome =
  | { readonly state: "spawned"; readonly process: ProcessRef | { readonly pid: number } }
  | { readonly state: "failed"; readonly detail: string };

/** Child processes. Never throws, never hangs past its timeout. */
export interface Exec {
  run(spec: RunSpec): Promise<RunOutcome>;
  /** A new session of its own (setsid), stdio on /dev/null; outlives us. */
  detach(spec: DetachSpec): DetachOutcome;
}
