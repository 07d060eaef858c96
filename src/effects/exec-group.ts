// The processes that one child has brought about: its group, and what has left the group. Who
// belongs to it is proven for each, by pid and start time, before anything is signalled.

import { sameProcess, type ProcessRef } from "../core/process-ref.ts";
import type { SignalName } from "../ports/processes.ts";
import { isSignallable } from "./process-table.ts";
import type { SystemProcesses } from "./processes.ts";

export interface GroupParts {
  readonly leader: ProcessRef;
  /** As they were while the leader was certainly ours. */
  readonly members: readonly ProcessRef[];
  /** `NAME=value` in the environment of this run alone; null: it has none. */
  readonly mark: string | null;
  /** Descendants that have left the group belong to it, too. */
  readonly withStrays: boolean;
  readonly processes: SystemProcesses;
}

export class Group {
  readonly #parts: GroupParts;
  readonly #members: ProcessRef[];
  readonly #strays: ProcessRef[] = [];

  constructor(parts: GroupParts) {
    this.#parts = parts;
    this.#members = [...parts.members];
    this.lookAround();
  }

  /** Takes in who has left the group: children of children, and whoever carries the mark. */
  lookAround(): void {
    const { leader, mark, withStrays, processes } = this.#parts;
    if (!withStrays) return;
    const carriers = mark === null ? [] : processes.carrying(mark);
    for (const one of [...processes.descendants(leader), ...carriers]) {
      if (!isAmong(this.#members, one) && !isAmong(this.#strays, one)) this.#strays.push(one);
    }
  }

  /** The group's present members, none when it cannot be told to be ours still; and strays. */
  living(): readonly ProcessRef[] {
    const { leader, processes } = this.#parts;
    const now = processes.group(leader.pid);
    const members = this.#isOurs(now) ? now : [];
    this.#members.push(...members.filter((one) => !isAmong(this.#members, one)));
    const astray = this.#strays.filter(
      (one) => !isAmong(members, one) && processes.liveness(one) === "alive",
    );
    return [...members, ...astray];
  }

  /** A number stays a group's as long as one of it lives: one that is ours vouches for all. */
  #isOurs(now: readonly ProcessRef[]): boolean {
    const { mark, processes } = this.#parts;
    if (now.some((one) => isAmong(this.#members, one))) return true;
    return mark !== null && now.some((one) => processes.carries(one, mark));
  }

  signal(name: SignalName): void {
    const { leader, processes } = this.#parts;
    if (!isSignallable(leader.pid)) return;
    const isWhole = processes.liveness(leader) === "alive" && sentToGroup(leader.pid, name);
    for (const one of this.living()) {
      if (!isWhole || !isAmong(this.#members, one)) processes.signal(one, name);
    }
  }
}

const isAmong = (some: readonly ProcessRef[], one: ProcessRef): boolean =>
  some.some((other) => sameProcess(one, other));

/** False when it has ended this very moment: what is left is then signalled one by one. */
function sentToGroup(pgid: number, signal: SignalName): boolean {
  try {
    process.kill(-pgid, `SIG${signal}`);
    return true;
  } catch {
    return false;
  }
}
