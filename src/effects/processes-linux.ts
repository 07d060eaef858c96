// Linux: /proc for looking, a pidfd for signalling (proc(5), pidfd_open(2)). A pidfd names one
// process for good, so that no reused pid can be hit between the check and the signal.

import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { constants } from "node:os";

import { sameProcess, type ProcessRef } from "../core/process-ref.ts";
import { parseProcStat, type ProcStat } from "../formats/proc-stat.ts";
import type { ProcessUse, SignalName, SignalOutcome } from "../ports/processes.ts";
import { codeOf } from "./files-errors.ts";
import { ERRNO, lastErrno, openLibc, prepareErrno } from "./libc.ts";
import { exists, type Looked, type ProcessTable } from "./process-table.ts";

/** The same numbers on every architecture since Linux 5.1 and 5.3. */
const SYS_PIDFD_SEND_SIGNAL = 424;
const SYS_PIDFD_OPEN = 434;

/** USER_HZ, fixed by the kernel's ABI on the architectures that Bun runs on. */
const TICK_MS = 10;

export function linuxProcessTable(): ProcessTable {
  const looks = { identify, look, children, group, carrying, carries, use, bootId };
  return { ...looks, namesRealParents: true, sendByHandle };
}

/** A leader that has exited shows as a zombie while other threads of the process still run. */
export function isDead(stat: ProcStat): boolean {
  if (stat.state === "Z") return stat.threads <= 1;
  return stat.state === "X" || stat.state === "x";
}

/** Longer than the line can be: 52 fields, of which the name has at most 64 characters. */
const STAT_BYTES = 2048;
const stat = Buffer.alloc(STAT_BYTES);

/** The kernel gives the line whole to one read. */
function readStat(pid: number): ProcStat | "missing" | "unknown" {
  let fd: number | null = null;
  try {
    fd = openSync(`/proc/${pid}/stat`, "r");
    const length = readSync(fd, stat, 0, STAT_BYTES, null);
    return parseProcStat(stat.toString("latin1", 0, length)) ?? "unknown";
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" || code === "ESRCH" ? "missing" : "unknown";
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function identify(pid: number): ProcessRef | null | "unknown" {
  const stat = readStat(pid);
  if (stat === "unknown") return "unknown";
  if (stat !== "missing") return isDead(stat) ? null : { pid, start: stat.start };
  // Missing from /proc is not yet dead: hidepid or an absent /proc hide living processes.
  if (exists(pid) === "dead") return null;
  const again = readStat(pid);
  if (again === "missing" || again === "unknown") return "unknown";
  return isDead(again) ? null : { pid, start: again.start };
}

function look(pid: number): Looked | null {
  const stat = readStat(pid);
  if (stat === "missing" || stat === "unknown" || isDead(stat)) return null;
  return { process: { pid, start: stat.start }, parent: stat.ppid };
}

function children(pid: number): readonly number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    return tasks.flatMap((task) => {
      const text = readFileSync(`/proc/${pid}/task/${task}/children`, "latin1");
      return text.split(" ").map(Number).filter((child) => child > 0);
    });
  } catch {
    // It has just died, or this kernel keeps no list of children (CONFIG_PROC_CHILDREN).
    return select((stat) => stat.ppid === pid);
  }
}

/** Zombies that `parent` has not waited for. */
export function deadChildren(parent: number): readonly ProcessRef[] {
  return children(parent).flatMap((pid) => {
    const stat = readStat(pid);
    if (stat === "missing" || stat === "unknown" || !isDead(stat)) return [];
    return [{ pid, start: stat.start }];
  });
}

function group(pgid: number): readonly number[] {
  return select((stat) => stat.pgrp === pgid);
}

function carrying(entry: string): readonly number[] {
  return allPids().filter((pid) => carries(pid, entry));
}

/** Of processes of other users nothing is shown, and they are none of ours. */
function carries(pid: number, entry: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`.includes(`\0${entry}\0`);
  } catch {
    return false;
  }
}

function select(wanted: (stat: ProcStat) => boolean): readonly number[] {
  return allPids().filter((pid) => {
    const stat = readStat(pid);
    return stat !== "missing" && stat !== "unknown" && wanted(stat);
  });
}

function allPids(): readonly number[] {
  try {
    return readdirSync("/proc").map(Number).filter((pid) => pid > 0);
  } catch {
    return []; // No /proc: nothing can be told.
  }
}

function use(pid: number): ProcessUse | null {
  const stat = readStat(pid);
  if (stat === "missing" || stat === "unknown") return null;
  const resident = residentKb(pid);
  return resident === null ? null : { ...resident, cpuMs: stat.cpuTicks * TICK_MS };
}

/** The peak may be left out: not every kernel is Linux's own. */
function residentKb(pid: number): Pick<ProcessUse, "rssKb" | "rssPeakKb"> | null {
  try {
    return decodeResident(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return null; // It died between two reads.
  }
}

export function decodeResident(status: string): Pick<ProcessUse, "rssKb" | "rssPeakKb"> | null {
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  const [, now] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (now === undefined) return null;
  return { rssKb: Number(now), ...(peak === undefined ? {} : { rssPeakKb: Number(peak) }) };
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  } catch {
    return "unknown";
  }
}

interface PidfdCalls {
  open(pid: number): number;
  send(pidfd: number, signal: number): number;
}

let pidfdCalls: PidfdCalls | null | undefined;

function pidfd(): PidfdCalls | null {
  if (pidfdCalls !== undefined) return pidfdCalls;
  prepareErrno();
  const libc = openLibc({
    syscall: { args: ["i64", "i64", "i64", "i64", "i64"], returns: "i32" },
  });
  pidfdCalls =
    libc === null
      ? null
      : {
          open: (pid) => libc.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0),
          send: (fd, signal) => libc.syscall(SYS_PIDFD_SEND_SIGNAL, fd, signal, 0, 0),
        };
  return pidfdCalls;
}

function sendByHandle(wanted: ProcessRef, name: SignalName): SignalOutcome | null {
  const calls = pidfd();
  if (calls === null) return null;
  const fd = calls.open(wanted.pid);
  // Refused or unknown to this kernel, or no descriptor left: check-then-kill has to do.
  if (fd < 0) return lastErrno() === ERRNO.ESRCH ? "gone" : null;
  try {
    // Whoever has the pid now was there when the handle was opened, or has come since: only
    // if it is the process that we want is the handle certainly its own.
    const found = identify(wanted.pid);
    if (found === "unknown") return "failed";
    if (found === null) return "gone";
    if (!sameProcess(found, wanted)) return "not-ours";
    if (calls.send(fd, constants.signals[`SIG${name}`]) === 0) return "sent";
    const errno = lastErrno();
    if (errno === ERRNO.ENOSYS) return null;
    return errno === ERRNO.ESRCH ? "gone" : "failed";
  } finally {
    closeSync(fd);
  }
}
