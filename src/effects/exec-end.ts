// Ending a child with all of its process group: TERM, and KILL after 2 s (ports/exec.ts). A
// group's number may be signalled only while it cannot have passed to somebody else: that is
// certain while the leader that we started lives. Afterwards each member is signalled for
// itself, by pid and start time.

import { sameProcess, type ProcessRef } from "../core/process-ref.ts";
import type { Clock } from "../ports/clock.ts";
import type { SignalName } from "../ports/processes.ts";
import type { Child } from "./exec-child.ts";
import { codeOf } from "./files-errors.ts";
import { isSignallable } from "./process-table.ts";
import type { SystemProcesses } from "./processes.ts";

const KILL_AFTER_MS = 2000;
const LOOK_MS = 25;
/** A process in uninterruptible sleep does not even end by KILL: not waited for any longer. */
const ENDED_MS = 500;

interface Deps {
  readonly clock: Clock;
  readonly processes: SystemProcesses;
}

/** `withStrays`: descendants that have left the group end with it, while they can be found. */
export async function endGroup(
  child: Child,
  { clock, processes, withStrays }: Deps & { readonly withStrays: boolean },
): Promise<void> {
  const leader = child.ref;
  if (leader === null) return endRemains(child, { clock, processes });
  const members = processes.group(leader.pid);
  const strays = withStrays ? straysOf(leader, members, processes) : [];
  await end({ leader, members, strays, processes }, clock);
  // The exit is told a moment after the process is gone.
  const told = new AbortController();
  await Promise.race([child.exited, clock.sleep(ENDED_MS, told.signal)]);
  told.abort();
}

/** What a leader that has ended by itself leaves of its group; nothing, as a rule. */
export async function endRemains(child: Child, { clock, processes }: Deps): Promise<void> {
  const { pid } = child;
  if (pid === null || !isSignallable(pid) || isEmpty(pid)) return;
  const members = processes.group(pid);
  // No number passes on while it is that of a group. A leader that lives is somebody else's.
  if (members.some((member) => member.pid === pid)) return;
  // One that had ended before it could be looked at is nobody who lives.
  const leader = child.ref ?? { pid, start: "ended" };
  await end({ leader, members, strays: [], processes }, clock);
}

/** One call instead of a look at every process of the host. */
function isEmpty(pgid: number): boolean {
  try {
    process.kill(-pgid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}

function straysOf(
  leader: ProcessRef,
  members: readonly ProcessRef[],
  processes: SystemProcesses,
): readonly ProcessRef[] {
  const isMember = (one: ProcessRef) => members.some((member) => sameProcess(one, member));
  return processes.descendants(leader).filter((one) => !isMember(one));
}

async function end(group: Group, clock: Clock): Promise<void> {
  signalGroup(group, "TERM");
  if (await isGone(group, KILL_AFTER_MS, clock)) return;
  signalGroup(group, "KILL");
  await isGone(group, ENDED_MS, clock);
}

interface Group {
  readonly leader: ProcessRef;
  /** As they were while the leader was certainly ours. */
  readonly members: readonly ProcessRef[];
  readonly strays: readonly ProcessRef[];
  readonly processes: SystemProcesses;
}

async function isGone(group: Group, withinMs: number, clock: Clock): Promise<boolean> {
  const until = clock.mono() + withinMs;
  while (living(group).length > 0) {
    if (clock.mono() >= until) return false;
    await clock.sleep(LOOK_MS);
  }
  return true;
}

/** The group's present members, none when none of those that we know is left; and strays. */
function living({ leader, members, strays, processes }: Group): readonly ProcessRef[] {
  const now = processes.group(leader.pid);
  const isOurs = now.some((one) => members.some((member) => sameProcess(one, member)));
  const astray = strays.filter((one) => processes.liveness(one) === "alive");
  return isOurs ? [...now, ...astray] : astray;
}

function signalGroup(group: Group, signal: SignalName): void {
  const { leader, strays, processes } = group;
  if (!isSignallable(leader.pid)) return;
  for (const stray of strays) processes.signal(stray, signal);
  if (processes.liveness(leader) === "alive" && sentToGroup(leader.pid, signal)) return;
  for (const member of living(group)) processes.signal(member, signal);
}

/** False when it has ended this very moment: what is left is then signalled one by one. */
function sentToGroup(pgid: number, signal: SignalName): boolean {
  try {
    process.kill(-pgid, `SIG${signal}`);
    return true;
  } catch {
    return false;
  }
}
