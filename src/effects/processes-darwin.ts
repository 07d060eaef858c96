// macOS: libproc through bun:ffi (sys/proc_info.h, libproc.h). The structures are decoded by
// pure functions over bytes, tested on fixtures; the calls themselves need a Mac.

import type { ProcessRef } from "../core/process-ref.ts";
import type { ProcessUse } from "../ports/processes.ts";
import { openLibc } from "./libc.ts";
import { exists, type Looked, type ProcessTable } from "./process-table.ts";

const PROC_PIDTBSDINFO = 3;
const PROC_PIDTASKINFO = 4;
const PROC_PGRP_ONLY = 2;
const PROC_UID_ONLY = 4;
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

/**
 * What KERN_PROCARGS2 answers: the number of arguments, the program's path, NULs up to a word, the
 * arguments, and then the environment, up to an empty string or the end.
 */
export function decodeEnvironment(bytes: Uint8Array): readonly string[] {
  if (bytes.length < INT_BYTES) return [];
  const argc = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  const strings = Buffer.from(bytes.subarray(INT_BYTES)).toString("latin1").split("\0");
  const begin = strings.findIndex((text, at) => at > 0 && text !== "");
  if (argc < 0 || begin === -1) return [];
  const environment = strings.slice(begin + argc);
  const end = environment.indexOf("");
  return end === -1 ? environment : environment.slice(0, end);
}

const INT_BYTES = 4;
const CTL_KERN = 1;
const KERN_PROCARGS2 = 49;
/** ARG_MAX of macOS: no process has more. */
const ARGS_BYTES_MAX = 1024 * 1024;

const SYMBOLS = {
  sysctl: { args: ["ptr", "u32", "ptr", "ptr", "ptr", "u64"], returns: "i32" },
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
    look,
    // A debugger passes for the parent of what it holds.
    namesRealParents: false,
    children: (pid) => listPids(PROC_PPID_ONLY, pid),
    group: (pgid) => listPids(PROC_PGRP_ONLY, pgid),
    carrying: (entry) => {
      const own = listPids(PROC_UID_ONLY, process.getuid?.() ?? 0);
      return own.filter((pid) => carries(pid, entry));
    },
    carries,
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

function look(pid: number): Looked | null {
  const info = bsdInfo(pid);
  if (info === null || info.zombie) return null;
  return { process: { pid, start: info.start }, parent: info.ppid };
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

/** One for all: a look at everybody would make a megabyte for each. */
let answer: Uint8Array | undefined;

/** Shown of one's own processes; of programs that the system protects, nothing is. */
function carries(pid: number, entry: string): boolean {
  const lib = libproc();
  if (lib === null) return false;
  const bytes = (answer ??= new Uint8Array(ARGS_BYTES_MAX));
  const size = new BigUint64Array([BigInt(bytes.length)]);
  const name = new Int32Array([CTL_KERN, KERN_PROCARGS2, pid]);
  if (lib.sysctl(name, name.length, bytes, size, null, 0) !== 0) return false;
  return decodeEnvironment(bytes.subarray(0, Number(size[0]))).includes(entry);
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
