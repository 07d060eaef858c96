// Processes by pid and start time, never by command line (lifecycle §2, ports/processes.ts).
// What differs between systems is a ProcessTable; what must never differ, the guards, is here.

import { sameProcess, UNKNOWN_BOOT, type ProcessRef } from "../core/process-ref.ts";
import type { Liveness } from "../core/states.ts";
import type { Processes, ProcessUse, SignalName, SignalOutcome } from "../ports/processes.ts";
import { codeOf } from "./files-errors.ts";
import { createOrphanReaper } from "./orphans.ts";
import { exists, isPid, isSignallable, type ProcessTable } from "./process-table.ts";
import { darwinProcessTable } from "./processes-darwin.ts";
import { linuxProcessTable } from "./processes-linux.ts";

/** The port, and what only other effects need. */
export interface SystemProcesses extends Processes {
  /** Living members of a process group. */
  group(pgid: number): readonly ProcessRef[];
  /** Whose environment has this entry, ASCII; none where a system does not show it. */
  carrying(entry: string): readonly ProcessRef[];
  carries(process: ProcessRef, entry: string): boolean;
}

const DESCENDANTS_MAX = 1000;

export function createProcesses(table: ProcessTable = systemTable()): SystemProcesses {
  // Asked a few times for each peer at every tick, and the same for as long as we live; one that
  // could not be told is asked for again.
  let boot = UNKNOWN_BOOT;
  const bootId = () => (boot === UNKNOWN_BOOT ? (boot = table.bootId()) : boot);
  return {
    identify: (pid) => identify(table, pid),
    liveness: (wanted) => liveness(table, wanted),
    bothAlive: (above, child) => {
      const found = childOf(table, above, child.pid);
      return found !== null && sameProcess(found, child);
    },
    childOf: (above, pid) => childOf(table, above, pid),
    exists,
    signal: (wanted, name) => signal(table, wanted, name),
    use: (wanted) => use(table, wanted),
    parent: (wanted) => parent(table, wanted),
    descendants: (root) => descendants(table, root),
    group: (pgid) => present(table, isPid(pgid) ? table.group(pgid) : []),
    carrying: (entry) =>
      present(table, table.carrying(entry)).filter((found) => carries(table, found, entry)),
    carries: (wanted, entry) => carries(table, wanted, entry),
    bootId,
    reapOrphans: createOrphanReaper(),
    self: () => self(table),
  };
}

/** For one look at many: nobody's liveness is asked for twice, by the same record of it. */
export function askedOnce(processes: Processes): Processes {
  const told = new Map<ProcessRef, Liveness>();
  const liveness = (wanted: ProcessRef): Liveness => {
    const known = told.get(wanted) ?? processes.liveness(wanted);
    told.set(wanted, known);
    return known;
  };
  const bothAlive = (parent: ProcessRef, child: ProcessRef): boolean => {
    if (!processes.bothAlive(parent, child)) return false;
    told.set(parent, "alive").set(child, "alive");
    return true;
  };
  return { ...processes, liveness, bothAlive };
}

function systemTable(): ProcessTable {
  return process.platform === "darwin" ? darwinProcessTable() : linuxProcessTable();
}

function identify(table: ProcessTable, pid: number): ProcessRef | null | "unknown" {
  return isPid(pid) ? table.identify(pid) : null;
}

function liveness(table: ProcessTable, wanted: ProcessRef): Liveness {
  const found = identify(table, wanted.pid);
  if (found === "unknown") return "unknown";
  return found !== null && sameProcess(found, wanted) ? "alive" : "dead";
}

function signal(table: ProcessTable, wanted: ProcessRef, name: SignalName): SignalOutcome {
  if (!isSignallable(wanted.pid)) return "failed";
  return table.sendByHandle(wanted, name) ?? checkThenKill(table, wanted, name);
}

/** Microseconds lie between the check and the kill; used only where there is no handle. */
function checkThenKill(table: ProcessTable, wanted: ProcessRef, name: SignalName): SignalOutcome {
  const found = table.identify(wanted.pid);
  if (found === "unknown") return "failed";
  if (found === null) return "gone";
  if (!sameProcess(found, wanted)) return "not-ours";
  try {
    process.kill(wanted.pid, `SIG${name}`);
    return "sent";
  } catch (error) {
    return codeOf(error) === "ESRCH" ? "gone" : "failed";
  }
}

function use(table: ProcessTable, wanted: ProcessRef): ProcessUse | null {
  const found = isPid(wanted.pid) ? table.use(wanted.pid) : null;
  // Checked after reading: were the pid reused in between, its new owner is what we would see.
  return liveness(table, wanted) === "alive" ? found : null;
}

function parent(table: ProcessTable, wanted: ProcessRef): number | null {
  const found = isPid(wanted.pid) ? table.look(wanted.pid) : null;
  return found !== null && sameProcess(found.process, wanted) ? found.parent : null;
}

function childOf(table: ProcessTable, above: ProcessRef, pid: number): ProcessRef | null {
  const found = table.namesRealParents && isPid(pid) ? table.look(pid) : null;
  return found !== null && found.parent === above.pid ? found.process : null;
}

function descendants(table: ProcessTable, root: ProcessRef): readonly ProcessRef[] {
  if (liveness(table, root) !== "alive") return [];
  const found: ProcessRef[] = [];
  const seen = new Set([root.pid]);
  for (let level = [root.pid]; level.length > 0 && found.length < DESCENDANTS_MAX; ) {
    const pids = level.flatMap((pid) => table.children(pid)).filter((pid) => !seen.has(pid));
    for (const pid of pids) seen.add(pid);
    const next = present(table, pids);
    found.push(...next);
    level = next.map((child) => child.pid);
  }
  return found.slice(0, DESCENDANTS_MAX);
}

function present(table: ProcessTable, pids: readonly number[]): readonly ProcessRef[] {
  return pids.map((pid) => table.identify(pid)).filter((found) => isRef(found));
}

/** Known before, and the same afterwards: what was read in between is its own. */
function carries(table: ProcessTable, wanted: ProcessRef, entry: string): boolean {
  return table.carries(wanted.pid, entry) && liveness(table, wanted) === "alive";
}

function isRef(found: ProcessRef | null | "unknown"): found is ProcessRef {
  return found !== null && found !== "unknown";
}

let ownRef: ProcessRef | undefined;

function self(table: ProcessTable): ProcessRef {
  if (ownRef !== undefined) return ownRef;
  const found = table.identify(process.pid);
  const known = isRef(found);
  // A start that nothing else has: a record of it then never matches a living process.
  const ref = known ? found : { pid: process.pid, start: "unknown" };
  if (known) ownRef = ref;
  return ref;
}
