// Every identity that is known of, and those of one peer without a look at all of them: a verb is
// about one among thousands.

import type { Live } from "./live.ts";
import type { Identity, Personality } from "../core/names.ts";

export class Lives extends Map<Identity, Live> {
  readonly #byPeer = new Map<Personality, Set<Live>>();

  /** A Map takes its first entries before this class has its own fields. */
  constructor() {
    super();
  }

  override set(identity: Identity, live: Live): this {
    this.#drop(identity);
    const beside = this.#byPeer.get(live.personality);
    if (beside === undefined) this.#byPeer.set(live.personality, new Set([live]));
    else beside.add(live);
    return super.set(identity, live);
  }

  override delete(identity: Identity): boolean {
    this.#drop(identity);
    return super.delete(identity);
  }

  override clear(): void {
    this.#byPeer.clear();
    super.clear();
  }

  /** In the order in which they became known. */
  ofPeer(personality: Personality): readonly Live[] {
    return [...(this.#byPeer.get(personality) ?? [])];
  }

  #drop(identity: Identity): void {
    const live = this.get(identity);
    if (live === undefined) return;
    const beside = this.#byPeer.get(live.personality);
    beside?.delete(live);
    if (beside?.size === 0) this.#byPeer.delete(live.personality);
  }
}
