// Peers that a pass need not even glance at: each was still when it was last looked at (still.ts),
// and since then nothing was done about it, told of it, or came due. Where memory goes cold while a
// daemon waits, a glance at each of a thousand costs more than all the rest of a pass.

import type { Live } from "./live.ts";
import type { Now } from "../core/world.ts";

export class Rest {
  readonly #resting = new Set<Live>();
  /** By the pass before which their time comes; one woken since is there for nothing. */
  readonly #due = new Map<number, Live[]>();
  #mark = "";

  constructor(private readonly tickMs: number) {}

  has(live: Live): boolean {
    return this.#resting.has(live);
  }

  /** Infinite: only something that happens ends it. */
  add(live: Live, untilWall: number): void {
    this.#resting.add(live);
    if (!Number.isFinite(untilWall)) return;
    const pass = this.#passOf(untilWall);
    const those = this.#due.get(pass);
    if (those === undefined) this.#due.set(pass, [live]);
    else those.push(live);
  }

  /** Something is being done about it, or was. */
  wake(live: Live | undefined): void {
    if (live !== undefined) this.#resting.delete(live);
  }

  wakeAll(): void {
    this.#resting.clear();
    this.#due.clear();
  }

  /** Whose time comes before the next pass. */
  wakeDue({ wall }: Now): void {
    const next = this.#passOf(wall + this.tickMs);
    for (const [pass, those] of this.#due) {
      if (pass > next) continue;
      this.#due.delete(pass);
      for (const live of those) this.#resting.delete(live);
    }
  }

  /** What counts for all of them: once it is another, all are looked at. */
  wakeUnless(mark: string): void {
    if (mark !== this.#mark) this.wakeAll();
    this.#mark = mark;
  }

  #passOf(wall: number): number {
    return Math.floor(wall / this.tickMs);
  }
}
