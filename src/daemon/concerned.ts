// Whom a supervisor may touch: a daemon everybody, and one that was made for a single verb only
// those that the verb is about. Only a daemon launches (docs/decisions/0012).

import type { Context } from "./context.ts";
import type { Live } from "./live.ts";
import type { VerbCall } from "../core/api.ts";
import type { Decision } from "../core/decision.ts";
import type { Personality } from "../core/names.ts";

/** Null: everybody. */
export type Concerned = ReadonlySet<Personality> | null;

/** A new name may have leftovers of its own. */
export function concernedBy({ personality, request: { to } }: VerbCall): Concerned {
  return new Set(to === undefined ? [personality] : [personality, to as Personality]);
}

export const isConcerned = ({ concerned }: Context, { personality }: Live): boolean =>
  concerned === null || concerned.has(personality);

/** Left to the next daemon, which plans the same. */
export const isLeftToDaemon = ({ concerned }: Context, { action }: Decision): boolean =>
  concerned !== null && action === "relaunch";
