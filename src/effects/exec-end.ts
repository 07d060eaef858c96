// Ending a child that has outlasted its bound, with all of its process group: TERM, and KILL
// after 2 s (ports/exec.ts).
//
// A group's number may be signalled only while it cannot have passed to somebody else. While
// the leader that we started lives, by pid and start time, that is certain. Afterwards each
// member is signalled for itself, by pid and start time.

import { sameProcess, type ProcessRef } from "../core/process-ref.ts";
import type { Clock } from "../ports/clock.ts";
import type { SignalName } from "../ports/processes.ts";
import type { Child } from "./exec-child.ts";
import { isSignallable } from "./process-table.ts";
import type { SystemProcesses } from "./processes.ts";

const KILL_AFTER_MS = 2000;
const LOOK_MS = 25;
/** A process in uninterruptible sleep does not even end by KILL: not waited for any longer. */
const ENDED_MS = 500;

export async function endGroup(
  child: Child,
  clock: Clock,
  processes: SystemProcesses,
): Promise<void> {
  const leader = child.ref;
  if (leader === null) return;
  const group: Group = { leader, members: processes.group(leader.pid), processes };
  signalGroup(group, "TERM");
  if (!(await isGone(group, KILL_AFTER_MS, clock))) {
    signalGroup(group, "KILL");
    await isGone(group, ENDED_MS, clock);
  }
  // The exit is told a moment after the process is gone.
  const told = new AbortController();
  await Promise.race([child.exited, clock.sleep(ENDED_MS, told.signal)]);
  told.abort();
}

interface Group {
  readonly leader: ProcessRef;
  /** As they were while the leader was certainly ours. */
  readonly members: readonly ProcessRef[];
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

/** The group's present members; none when none of those that we know is left in it. */
function living({ leader, members, processes }: Group): readonly ProcessRef[] {
  const now = processes.group(leader.pid);
  const isOurs = now.some((one) => members.some((member) => sameProcess(one, member)));
  return isOurs ? now : [];
}

function signalGroup(group: Group, signal: SignalName): void {
  const { leader, processes } = group;
  if (!isSignallable(leader.pid)) return;
  if (processes.liveness(leader) === "alive") {
    try {
      process.kill(-leader.pid, `SIG${signal}`);
      return;
    } catch {
      // It has ended this very moment; what is left of its group is signalled one by one.
    }
  }
  for (const member of living(group)) processes.signal(member, signal);
}
