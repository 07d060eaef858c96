// A mark in the environment of a run that is to leave nothing. Whoever carries it descends from
// that run, whatever became of its parents, its group and its session: the value is handed to
// that run alone. One that clears its environment is not found by it.

import { createIds } from "./ids.ts";

export interface Mark {
  readonly name: string;
  readonly value: string;
}

/** Never handed on to what the core itself starts (host-facts.ts). */
export const MARK_NAME = "IAPEER_RUN";

const ids = createIds();
const PARTS = 4;

export const newMark = (): Mark => ({
  name: MARK_NAME,
  value: Array.from({ length: PARTS }, () => ids.short()).join(""),
});

export const entryOf = ({ name, value }: Mark): string => `${name}=${value}`;
