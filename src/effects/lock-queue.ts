// Whoever waits in one process for the same lock gets it in order, at once, and without asking
// the disk again and again.

import type { Clock } from "../ports/clock.ts";

export class LockQueue {
  /** For each file, settles when all that have come so far are through. */
  private readonly tails = new Map<string, Promise<void>>();

  constructor(private readonly clock: Clock) {}

  /** Resolves to the function that ends our turn; null when it did not come in time. */
  async turn(file: string, waitMs: number): Promise<(() => void) | null> {
    const before = this.tails.get(file);
    const { promise: ours, resolve: end } = Promise.withResolvers<void>();
    const tail = before === undefined ? ours : before.then(() => ours);
    this.tails.set(file, tail);
    const done = () => {
      end();
      // The last one leaves nothing behind.
      if (this.tails.get(file) === tail) this.tails.delete(file);
    };
    if (before === undefined) return done;
    if (await this.within(before, waitMs)) return done;
    // Those behind us still wait for those before us.
    end();
    return null;
  }

  private async within(before: Promise<void>, waitMs: number): Promise<boolean> {
    const came = new AbortController();
    const first = await Promise.race([
      before.then(() => true),
      this.clock.sleep(waitMs, came.signal).then(() => false),
    ]);
    came.abort();
    return first;
  }
}
