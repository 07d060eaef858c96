// macOS: libproc through bun:ffi (sys/proc_info.h, libproc.h). The structures are decoded by
// pure functions over bytes, tested on fixtures; the calls themselves need a Mac.

import type { ProcessRef } from "../core/process-ref.ts";
import type { ProcessUse } from "../ports/processes.ts";
import { openLibc } from "./libc.ts";
import { exists, type ProcessTable } from "./process-table.ts";

const PROC_PIDTBSDINFO = 3;
const PROC_PIDTASKINFO = 4;
const PROC_PGRP_ONLY = 2;
const PROC_PPID_ONLY = 6;
/** Argument of PROC_PIDTBSDINFO: find zombies too, so that they can be told from the unknown. */
const FIND_ZOMBIES = 1;
const SZOMB = 5;

export const BSDINFO_BYTES = 136;
export const TASKINFO_BYTES = 96;
const PIDS_MAX = 4096;

export interface BsdInfo {
  readonly pid: number;
  readonly ppid: number;
  readonly zombie: boolean;
  /** `sec.usec` of its start, wall clock; set once and never changed by a clock jump. */
  readonly start: string;
}

/** struct proc_bsdinfo, little-endian on both of Apple's architectures. */
export function decodeBsdInfo(bytes: Uint8Array): BsdInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const seconds = view.getBigUint64(120, true);
  const microseconds = view.getBigUint64(128, true);
  return {
    pid: view.getUint32(12, true),
    ppid: view.getUint32(16, true),
    zombie: view.getUint32(4, true) === SZOMB,
    start: `${seconds}.${String(microseconds).padStart(6, "0")}`,
  };
}

export interface Timebase {
  readonly numer: number;
  readonly denom: number;
}

/** struct proc_taskinfo; its times are in Mach units, which are not nanoseconds on arm64. */
export function decodeTaskInfo(bytes: Uint8Array, timebase: Timebase): ProcessUse {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ticks = view.getBigUint64(16, true) + view.getBigUint64(24, true);
  return {
    rssKb: Math.round(Number(view.getBigUint64(8, true)) / 1024),
    cpuMs: Math.round((Number(ticks) * timebase.numer) / timebase.denom / 1e6),
  };
}

/** An array of pid_t, of which `bytes` bytes are filled. */
export function decodePids(buffer: Int32Array, bytes: number): readonly number[] {
  return [...buffer.subarray(0, Math.max(0, bytes) / 4)].filter((pid) => pid > 0);
}

const SYMBOLS = {
  proc_pidinfo: { args: ["i32", "i32", "u64", "ptr", "i32"], returns: "i32" },
  proc_listpids: { args: ["u32", "u32", "ptr", "i32"], returns: "i32" },
  mach_timebase_info: { args: ["ptr"], returns: "i32" },
  sysctlbyname: { args: ["ptr", "ptr", "ptr", "ptr", "u64"], returns: "i32" },
} as const;

const open = () => openLibc(SYMBOLS);
type Libproc = NonNullable<ReturnType<typeof open>>;

let opened: Libproc | null | undefined;

function libproc(): Libproc | null {
  if (opened === undefined) opened = open();
  return opened;
}

export function darwinProcessTable(): ProcessTable {
  return {
    identify,
    parent: (pid) => bsdInfo(pid)?.ppid ?? null,
    children: (pid) => listPids(PROC_PPID_ONLY, pid),
    group: (pgid) => listPids(PROC_PGRP_ONLY, pgid),
    // The environment of others could be asked of sysctl; nobody has tried it on a Mac.
    carrying: () => [],
    carries: () => false,
    use,
    bootId,
    sendByHandle: () => null,
  };
}

function identify(pid: number): ProcessRef | null | "unknown" {
  const info = bsdInfo(pid);
  if (info !== null) return info.zombie ? null : { pid, start: info.start };
  // Nobody's, or somebody else's, of whom we may be told nothing.
  return exists(pid) === "dead" ? null : "unknown";
}

function bsdInfo(pid: number): BsdInfo | null {
  const bytes = new Uint8Array(BSDINFO_BYTES);
  const size = libproc()?.proc_pidinfo(pid, PROC_PIDTBSDINFO, FIND_ZOMBIES, bytes, bytes.length);
  return size === BSDINFO_BYTES ? decodeBsdInfo(bytes) : null;
}

function listPids(kind: number, of: number): readonly number[] {
  const buffer = new Int32Array(PIDS_MAX);
  const bytes = libproc()?.proc_listpids(kind, of, buffer, buffer.byteLength) ?? 0;
  return decodePids(buffer, bytes);
}

function use(pid: number): ProcessUse | null {
  const lib = libproc();
  if (lib === null) return null;
  const bytes = new Uint8Array(TASKINFO_BYTES);
  if (lib.proc_pidinfo(pid, PROC_PIDTASKINFO, 0, bytes, bytes.length) !== bytes.length) return null;
  const timebase = new Uint32Array(2);
  lib.mach_timebase_info(timebase);
  return decodeTaskInfo(bytes, { numer: timebase[0] ?? 1, denom: timebase[1] ?? 1 });
}

/** A UUID that the kernel makes at each boot. */
function bootId(): string {
  const name = Buffer.from("kern.bootsessionuuid\0", "latin1");
  const value = Buffer.alloc(64);
  const size = new BigUint64Array([BigInt(value.length)]);
  if (libproc()?.sysctlbyname(name, value, size, null, 0) !== 0) return "unknown";
  return value.toString("latin1").replace(/\0.*$/s, "");
}
