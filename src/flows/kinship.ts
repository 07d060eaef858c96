// What holds a session's tmux server from outside, as far as Linux tells: the process that its
// daemonising left it to, and its control group. When that goes, all that it held went with it
// (lifecycle §4, incidents).

import { sameProcess, type ProcessRef } from "../core/process-ref.ts";
import { parseProcStat } from "../formats/proc-stat.ts";
import type { Host } from "../ports/host.ts";

/** Null: none that could end by itself; init, or the group that we are in as well. */
export interface Kin {
  readonly parent: ProcessRef | null;
  readonly group: string | null;
}

const GROUPS = "/sys/fs/cgroup";

/** The control group that we are in, with whose end we end as well. */
export const ownGroup = (host: Host): string | null =>
  host.facts.platform === "linux" ? groupOf(host, "self") : null;

/** Null when the system does not tell. */
export function readKin(host: Host, pid: number, own: string | null): Kin | null {
  if (host.facts.platform !== "linux") return null;
  const read = host.files.read(`/proc/${pid}/stat`);
  const stat = read.state === "ok" ? parseProcStat(read.text) : null;
  if (stat === null) return null;
  const { ppid: parent } = stat;
  const found = parent > 1 ? host.processes.identify(parent) : null;
  const group = groupOf(host, String(pid));
  return {
    parent: found === "unknown" ? null : found,
    group: group === "/" || group === own ? null : group,
  };
}

function groupOf(host: Host, pid: string): string | null {
  const read = host.files.read(`/proc/${pid}/cgroup`);
  return read.state === "ok" ? (/^0::(\/.*)$/m.exec(read.text)?.[1] ?? null) : null;
}

/** Certainly: its parent has ended, or its group is empty or no longer there. */
export function isHolderGone(host: Host, { parent, group }: Kin): boolean {
  if (parent !== null && host.processes.liveness(parent) === "dead") return true;
  if (group === null) return false;
  const read = host.files.read(`${GROUPS}${group}/cgroup.procs`);
  return read.state === "missing" ? hasGroups(host) : read.state === "ok" && read.text === "";
}

/** Where groups cannot be seen, one that is missing says nothing. */
const hasGroups = (host: Host): boolean =>
  host.files.stat(`${GROUPS}/cgroup.controllers`).state === "ok";

/** What all of them had in common; null: nothing. */
export function commonKin(kins: readonly Kin[]): Kin | null {
  const [first, ...others] = kins;
  if (first === undefined || others.length === 0) return null;
  const { parent, group } = first;
  const isShared = (kin: Kin) =>
    parent !== null && kin.parent !== null && sameProcess(parent, kin.parent);
  const common: Kin = {
    parent: others.every(isShared) ? parent : null,
    group: others.every((kin) => kin.group === group) ? group : null,
  };
  return common.parent === null && common.group === null ? null : common;
}
