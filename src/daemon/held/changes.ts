// What wakes a holder between its looks: exits, its own ticks, and TERM.

/** Changes since the last look; waiting resolves at once when there were any. */
export class Changes {
  #pending = false;
  #waiting: (() => void) | null = null;

  note(): void {
    this.#pending = true;
    this.#waiting?.();
  }

  async next(): Promise<void> {
    if (!this.#pending) await new Promise<void>((resolve) => (this.#waiting = resolve));
    this.#pending = false;
    this.#waiting = null;
  }
}
