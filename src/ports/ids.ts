// Port: new identifiers. Randomness has one home, so that a simulation can repeat a run.

import type { WallMs } from "../core/brand.ts";
import type { GenerationId } from "../core/names.ts";

/** Randomness, in one place. */
export interface Ids {
  /** Never the same twice: lives of different peers are told apart by it too. */
  generation(now: WallMs): GenerationId;
  /** Short id of a signal or an incident, unique on this host for practical purposes. */
  short(): string;
}
