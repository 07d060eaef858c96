// One thing at a time for each identity, any number of identities at once; and a bound on how
// many expensive things run together.

/** Serialises work by key. A lane exists only while something is in it. */
export class Lanes<Key> {
  readonly #tails = new Map<Key, Promise<unknown>>();
  readonly #onUse: (key: Key) => void;

  /** `onUse` is told when something is to be done in a lane, and again when it is done. */
  constructor(onUse: (key: Key) => void = () => undefined) {
    this.#onUse = onUse;
  }

  /** Runs after everything queued before it under the same key, whatever became of that. */
  run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    this.#onUse(key);
    const before = this.#tails.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#tails.set(key, mine);
    const clear = () => {
      this.#onUse(key);
      if (this.#tails.get(key) === mine) this.#tails.delete(key);
    };
    mine.then(clear, clear);
    return mine;
  }

  busy(key: Key): boolean {
    return this.#tails.has(key);
  }

  get size(): number {
    return this.#tails.size;
  }
}
