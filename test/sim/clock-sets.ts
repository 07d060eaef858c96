// When the wall clock was set. Two settings that undo each other before anybody has looked leave
// no jump to notice: what gave a sign in between has it at a time that never was.

interface Setting {
  readonly mono: number;
  readonly byMs: number;
}

export class ClockSets {
  readonly #sets: Setting[] = [];

  constructor(private readonly tickMs: number) {}

  add(setting: Setting): void {
    this.#sets.push(setting);
  }

  hides(mono: number): boolean {
    return this.#sets.some((first, index) => {
      const next = this.#sets[index + 1];
      if (next === undefined || first.byMs + next.byMs !== 0) return false;
      const isUnnoticed = next.mono - first.mono < this.tickMs;
      return isUnnoticed && mono >= first.mono && mono <= next.mono;
    });
  }
}
