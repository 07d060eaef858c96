// Port: other processes, known by pid and start time alone (lifecycle §2).

import type { ProcessRef } from "../core/process-ref.ts";
import type { Liveness } from "../core/states.ts";

export type SignalName = "TERM" | "KILL" | "INT" | "HUP" | "CONT" | "CHLD";

/** `not-ours`: the pid now belongs to another process; nothing was sent. */
export type SignalOutcome = "sent" | "gone" | "not-ours" | "failed";

export interface ProcessUse {
  readonly rssKb: number;
  /** The most it ever had; missing where the system does not tell. */
  readonly rssPeakKb?: number;
  readonly cpuMs: number;
}

/** Processes by pid and start time, never by command line. */
export interface Processes {
  /** Who has this pid now; null when nobody (a zombie counts as nobody). */
  identify(pid: number): ProcessRef | null | "unknown";
  /** Alive only when pid and start time agree. */
  liveness(process: ProcessRef): Liveness;
  /**
   * Of a process and a child that it started, in one look at the child: an orphan gets another
   * parent before its own is dead. False says nothing: each is then to be looked at.
   */
  bothAlive(parent: ProcessRef, child: ProcessRef): boolean;
  /**
   * Who has this pid, when it is a child that `parent` started: both are alive then, told by one
   * look. Null says nothing, as `bothAlive` does not.
   */
  childOf(parent: ProcessRef, pid: number): ProcessRef | null;
  /** Cheap: kill(pid, 0). `maybe` also for a zombie or a reused pid; `dead` is certain. */
  exists(pid: number): "maybe" | "dead";
  /** Checked and sent without a window for pid reuse where the kernel allows it. */
  signal(process: ProcessRef, signal: SignalName): SignalOutcome;
  use(process: ProcessRef): ProcessUse | null;
  /** Its parent's pid; null when it is gone, or the system does not tell. */
  parent(process: ProcessRef): number | null;
  /**
   * Children, their children and so on, by the kernel's own parent links; deepest last, at most
   * 1,000. Empty when the process is not alive or the system does not tell.
   */
  descendants(process: ProcessRef): readonly ProcessRef[];
  /** Waits for orphans seen dead twice, where we are the first process of a container. */
  reapOrphans(): void;
  /** Changes at every boot of the host. */
  bootId(): string;
  self(): ProcessRef;
}
