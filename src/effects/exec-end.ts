// Ending a child with all of its process group: TERM, and KILL after 2 s (ports/exec.ts). A
// group's number may be signalled only while it cannot have passed to somebody else: that is
// certain while the leader that we started lives. Afterwards each member is signalled for
// itself, by pid and start time.

import type { ProcessRef } from "../core/process-ref.ts";
import type { Clock } from "../ports/clock.ts";
import type { Child } from "./exec-child.ts";
import { Group } from "./exec-group.ts";
import { codeOf } from "./files-errors.ts";
import { isSignallable } from "./process-table.ts";
import type { SystemProcesses } from "./processes.ts";

const KILL_AFTER_MS = 2000;
const LOOK_MS = 25;
/** A process in uninterruptible sleep does not even end by KILL: not waited for any longer. */
const ENDED_MS = 500;
/** What is born while the others die is ended in the next round. */
const KILL_ROUNDS = 4;

interface Deps {
  readonly clock: Clock;
  readonly processes: SystemProcesses;
}

/** `withStrays`: descendants that have left the group end with it, while they can be found. */
export async function endGroup(
  child: Child,
  { clock, processes, withStrays }: Deps & { readonly withStrays: boolean },
): Promise<void> {
  const leader = leaderOf(child, processes);
  if (leader === null) return endRemains(child, { clock, processes });
  const members = processes.group(leader.pid);
  const { mark } = child;
  await end(new Group({ leader, members, mark, withStrays, processes }), clock);
  // The exit is told a moment after the process is gone.
  const told = new AbortController();
  await Promise.race([child.exited, clock.sleep(ENDED_MS, told.signal)]);
  told.abort();
}

/** What could not be told at its start is asked again: its exit has not been told either. */
function leaderOf({ pid, ref }: Child, processes: SystemProcesses): ProcessRef | null {
  if (ref !== "unknown" || pid === null) return ref === "unknown" ? null : ref;
  const found = processes.identify(pid);
  return found === "unknown" ? null : found;
}

/** What a leader that has ended by itself leaves of its group; nothing, as a rule. */
export async function endRemains(child: Child, { clock, processes }: Deps): Promise<void> {
  const { mark, pid, ref } = child;
  if (pid === null || !isSignallable(pid) || isEmpty(pid)) return;
  const members = processes.group(pid);
  // No number passes on while it is that of a group. A leader that lives is somebody else's.
  if (members.some((member) => member.pid === pid)) return;
  // One that had ended before it could be looked at is nobody who lives.
  const leader = ref === null || ref === "unknown" ? { pid, start: "ended" } : ref;
  await end(new Group({ leader, members, mark, withStrays: false, processes }), clock);
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

/** A handler of TERM may start something new: gone is only what is gone at a second look. */
async function end(group: Group, clock: Clock): Promise<void> {
  group.signal("TERM");
  await isGone(group, KILL_AFTER_MS, clock);
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    group.lookAround();
    if (group.living().length === 0) return;
    group.signal("KILL");
    if (!(await isGone(group, ENDED_MS, clock))) return;
  }
}

async function isGone(group: Group, withinMs: number, clock: Clock): Promise<boolean> {
  const until = clock.mono() + withinMs;
  while (group.living().length > 0) {
    if (clock.mono() >= until) return false;
    await clock.sleep(LOOK_MS);
  }
  return true;
}
