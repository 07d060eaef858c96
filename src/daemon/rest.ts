// Peers that a pass need not even glance at: each was still when it was last looked at (still.ts),
// and since then nothing was done about it, told of it, or came due. Where memory goes cold while a
// daemon waits, a glance at each of a thousand costs more than all the rest of a pass.

import type { Live } from "./live.ts";
import type { Now } from "../core/world.ts";

export class Rest {
  /** With the pass before which its time comes; infinite: only something that happens ends it. */
  readonly #resting = new Map<Live, number>();
  /** By that pass: those that rest until then, and nobody else. */
  readonly #due = new Map<number, Set<Live>>();
  #mark = "";

  constructor(private readonly tickMs: number) {}

  has(live: Live): boolean {
    return this.#resting.has(live);
  }

  add(live: Live, untilWall: number): void {
    this.wake(live);
    const pass = this.#passOf(untilWall);
    this.#resting.set(live, pass);
    if (!Number.isFinite(pass)) return;
    const those = this.#due.get(pass);
    if (those === undefined) this.#due.set(pass, new Set([live]));
    else those.add(live);
  }

  /** Something is being done about it, or was. */
  wake(live: Live | undefined): void {
    const pass = live === undefined ? undefined : this.#resting.get(live);
    if (live === undefined || pass === undefined) return;
    this.#resting.delete(live);
    const those = this.#due.get(pass);
    those?.delete(live);
    if (those?.size === 0) this.#due.delete(pass);
  }

  /** Somebody has asked about it, and may have noticed an end that no watch tells of. */
  wakeEnded(live: Live): void {
    if (live.deadAtMono.size > 0) this.wake(live);
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
