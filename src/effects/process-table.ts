// What a system tells about its processes, and what every system answers alike. The guards that
// use it are in processes.ts.

import type { ProcessRef } from "../core/process-ref.ts";
import type { ProcessUse, SignalName, SignalOutcome } from "../ports/processes.ts";
import { codeOf } from "./files-errors.ts";
import { openLibc } from "./libc.ts";

/** A living process. */
export interface Looked {
  readonly process: ProcessRef;
  readonly parent: number;
}

export interface ProcessTable {
  /** Null: nobody has this pid, or a zombie does. */
  identify(pid: number): ProcessRef | null | "unknown";
  /** Null: nobody has this pid, or a zombie does, or nothing is told. */
  look(pid: number): Looked | null;
  /** A parent is the process that started it, or one that was there before that one ended. */
  readonly namesRealParents: boolean;
  children(pid: number): readonly number[];
  /** Pids of a process group's members. */
  group(pgid: number): readonly number[];
  /** Pids whose environment, as it was at their start, has this entry; none: it is not shown. */
  carrying(entry: string): readonly number[];
  carries(pid: number, entry: string): boolean;
  use(pid: number): ProcessUse | null;
  bootId(): string;
  /** Sends through a handle that a reused pid cannot be behind; null: not offered here. */
  sendByHandle(process: ProcessRef, signal: SignalName): SignalOutcome | null;
}

/** 0 and negative numbers mean process groups to the kernel, never one process. */
export function isPid(pid: number): boolean {
  return Number.isInteger(pid) && pid > 0 && pid <= 0x7fff_ffff;
}

/** Never signalled, whatever a record says: everything below 2, and ourselves. */
export function isSignallable(pid: number): boolean {
  return isPid(pid) && pid > 1 && pid !== process.pid;
}

/** So many questions, and this is a daemon: the C library, 2 ms to open, then pays for itself. */
const MANY = 1000;

let asked = 0;
let bareKill: ((pid: number, signal: number) => number) | null = null;

function openBareKill(): void {
  bareKill = openLibc({ kill: { args: ["i32", "i32"], returns: "i32" } })?.kill ?? null;
}

export function exists(pid: number): "maybe" | "dead" {
  if (!isPid(pid)) return "dead";
  asked += 1;
  if (asked === MANY) openBareKill();
  if (bareKill !== null && bareKill(pid, 0) === 0) return "maybe";
  try {
    process.kill(pid, 0);
    return "maybe";
  } catch (error) {
    // EPERM: somebody else's process has this pid. Only ESRCH is certain.
    return codeOf(error) === "ESRCH" ? "dead" : "maybe";
  }
}
