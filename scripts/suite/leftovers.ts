// What a stage left behind: processes that are of its folder by what the kernel says of them
// (working folder, program, environment), and sockets in it. Only those are ended, each by its
// pid after a second look at its start time; one that merely names the folder is reported.

import { readFileSync, readdirSync, readlinkSync, type Dirent } from "node:fs";
import { join } from "node:path";

export interface Leftover {
  readonly pid: number;
  /** In the kernel's clock ticks since the host started. */
  readonly start: string;
  readonly argv: string;
  /** What ties it to the folder; `argv` alone is no proof. */
  readonly tie: "cwd" | "exe" | "environ" | "argv";
}

const ENDING_MS = 2000;
const LOOK_MS = 20;

/** Empty where there is no /proc to ask. */
export function findProcesses(folder: string): Leftover[] {
  return numbersIn("/proc").flatMap((pid) => {
    const start = pid === process.pid ? null : startOf(pid);
    const tie = start === null ? null : tieTo(folder, pid);
    if (start === null || tie === null) return [];
    const argv = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
    return [{ pid, start, tie, argv: argv.slice(0, 300) }];
  });
}

export function findSockets(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return findSockets(path);
    return entry.isSocket() ? [path] : [];
  });
}

/** Resolves to those that were still there after a SIGKILL and a wait for their end. */
export async function endLeftovers(leftovers: readonly Leftover[]): Promise<Leftover[]> {
  const ours = leftovers.filter(({ tie }) => tie !== "argv");
  for (const leftover of ours) if (isThere(leftover)) kill(leftover.pid);
  const until = performance.now() + ENDING_MS;
  while (ours.some(isThere) && performance.now() < until) await Bun.sleep(LOOK_MS);
  return ours.filter(isThere);
}

/** Processes on their way out get a moment before they count as left behind. */
export async function settle(folder: string, graceMs: number): Promise<Leftover[]> {
  const until = performance.now() + graceMs;
  for (;;) {
    // Asked first: what becomes clear in between is found.
    const isUnclear = numbersIn("/proc").some(isStarting);
    const found = findProcesses(folder);
    const isOver = found.length === 0 && !isUnclear;
    if (isOver || performance.now() >= until) return found;
    await Bun.sleep(LOOK_MS);
  }
}

const YOUNG_TICKS = 200;

/** In the middle of an exec a process shows neither its environment nor its command. */
function isStarting(pid: number): boolean {
  const start = startOf(pid);
  if (start === null || read(`/proc/${pid}/environ`) !== "") return false;
  const [seconds = "0"] = read("/proc/uptime").split(" ");
  return Number(seconds) * 100 - Number(start) < YOUNG_TICKS;
}

const isThere = ({ pid, start }: Leftover): boolean => startOf(pid) === start;

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Null for one that is gone, a zombie or a kernel thread. */
function startOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parent] = fields;
  if (state === undefined || state === "" || state === "Z" || state === "X") return null;
  return parent === "2" || pid === 2 ? null : (fields[19] ?? null);
}

function tieTo(folder: string, pid: number): Leftover["tie"] | null {
  const isInside = (path: string): boolean => path === folder || path.startsWith(`${folder}/`);
  if (isInside(linkOf(`/proc/${pid}/cwd`))) return "cwd";
  if (isInside(linkOf(`/proc/${pid}/exe`))) return "exe";
  if (read(`/proc/${pid}/environ`).includes(`${folder}/`)) return "environ";
  return read(`/proc/${pid}/cmdline`).includes(`${folder}/`) ? "argv" : null;
}

const numbersIn = (path: string): number[] =>
  entriesOf(path)
    .map(({ name }) => Number(name))
    .filter((pid) => Number.isInteger(pid));

/** What has gone, or is not ours to read, is as good as empty. */
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}
