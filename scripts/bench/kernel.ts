// What Linux tells of processes in /proc (proc(5)): the facts that the figures rest on.

import { readdirSync, readFileSync } from "node:fs";

import { openLibc } from "../../src/effects/libc.ts";

/** USER_HZ is 100 wherever Bun runs. */
const TICK_MS = 10;
const CLOCK_THREAD_CPUTIME_ID = 3;

export function requireProc(): void {
  if (process.platform !== "linux") {
    throw new Error("the benchmarks read /proc, so they run on Linux only");
  }
}

/** What has gone reads as empty. */
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function names(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Fields of /proc/<pid>/stat, numbered as in proc(5); the command may hold spaces. */
function statField(text: string, field: number): number {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return Number(fields[field - 3] ?? 0);
}

/** Gone, or a zombie. */
export function isOver(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat === "" || /\) [ZX] /.test(stat);
}

/** User and system time of all its threads: to the nanosecond for threads that still live. */
export function cpuMs(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const coarse = (statField(stat, 14) + statField(stat, 15)) * TICK_MS;
  const threads = names(`/proc/${pid}/task`).map((task) =>
    Number(read(`/proc/${pid}/task/${task}/schedstat`).split(" ")[0] ?? 0),
  );
  return Math.max(coarse, threads.reduce((all, ns) => all + ns, 0) / 1e6);
}

/** Time on a core of the calling thread, whatever else wanted the core: a clock to be read. */
export function threadClock(): () => number {
  const libc = openLibc({ clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });
  if (libc === null) throw new Error("no C library to ask for the thread's clock");
  const timespec = new BigInt64Array(2);
  return () => {
    libc.clock_gettime(CLOCK_THREAD_CPUTIME_ID, timespec);
    return Number(timespec[0]) * 1000 + Number(timespec[1]) / 1e6;
  };
}

/** Of the children that it has waited for. */
export function reapedCpuMs(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  return (statField(stat, 16) + statField(stat, 17)) * TICK_MS;
}

/** Page faults of the children that a process has waited for: none of them ends without one. */
export function reapedFaults(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  return statField(stat, 11) + statField(stat, 13);
}

/** Processes and threads ever created on this host, by anybody. */
export function hostForks(): number {
  return Number(/^processes (\d+)$/m.exec(read("/proc/stat"))?.[1] ?? 0);
}

/** Time that all cores together were not idle, since boot. */
export function hostBusyMs(): number {
  const [, ...ticks] = (read("/proc/stat").split("\n")[0] ?? "").split(/\s+/).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = ticks;
  return (user + nice + system + irq + softirq) * TICK_MS;
}

/** Proportional set size: what is shared counts by its share. */
export function pssKb(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

export function rssKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

export const openFiles = (pid: number): number => names(`/proc/${pid}/fd`).length;

/** How often the kernel has taken it on or off a core, of its own will or not. */
export function switches(pid: number): number {
  const status = read(`/proc/${pid}/status`);
  const counts = [...status.matchAll(/^(?:non)?voluntary_ctxt_switches:\s+(\d+)$/gm)];
  return counts.reduce((all, [, count]) => all + Number(count), 0);
}

/** Its children now. */
export function children(pid: number): readonly number[] {
  return names(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`)
      .split(" ")
      .map(Number)
      .filter((child) => child > 0),
  );
}

/** Itself and all that it started. */
export const family = (pid: number): readonly number[] => [pid, ...children(pid).flatMap(family)];
