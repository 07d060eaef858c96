// Seeded randomness for fakes and the simulation: the same seed gives the same run.

export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) >>> 0;
    for (let warm = 0; warm < 4; warm += 1) this.next();
  }

  /** Mulberry32: a number in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer in [low, high]. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error("pick from an empty list");
    return from[this.int(0, from.length - 1)] as T;
  }

  /** A stream of its own, so that one part's draws do not shift another's. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 0xffffffff));
  }

  hex(digits: number): string {
    let text = "";
    for (let index = 0; index < digits; index += 1) text += this.int(0, 15).toString(16);
    return text;
  }
}
