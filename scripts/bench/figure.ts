// What a benchmark is: a name, what it measures beside which baseline, and the form in which
// its numbers are told (CLI contract, "Fixed forms").

import type { Place } from "./place.ts";

/** Numbers by name; the unit is the last part of the name. */
export type Numbers = Readonly<Record<string, number>>;

export interface Measured {
  /** How many samples or peers the figures come from. */
  readonly runs: Numbers;
  readonly figures: Numbers;
  /** Measured in the same run. */
  readonly baseline: Numbers;
  readonly ratio: Numbers;
}

/** Names a number of `figures`, or one of `ratio` as `ratio.<name>`. */
export interface Target {
  readonly of: string;
  readonly most?: number;
  readonly least?: number;
}

export interface Figure {
  readonly name: string;
  readonly what: string;
  readonly targets: readonly Target[];
  measure(bench: Bench): Promise<Measured>;
}

/** `smoke` only shows that a benchmark runs: its numbers mean nothing. */
export type Size = "full" | "quick" | "smoke";

export interface Bench {
  pick<T>(by: Readonly<Record<Size, T>>): T;
  /** A scratch folder; all that was started in it is ended when the figure has been measured. */
  place(): Place;
  /** Progress, for people. */
  note(text: string): void;
}
