// The command that a next step names about one presence: a verb without --runtime would take the
// peer's default one, which may be another presence. Pure.

import type { Personality, RuntimeName } from "../core/names.ts";
import type { Presence } from "../core/profile.ts";

/** Verbs that take `--runtime`; a test holds them against the tree. */
export const PRESENCE_VERBS = ["start", "wake", "new", "attach", "logs"] as const;

export type PresenceVerb = (typeof PRESENCE_VERBS)[number];

export interface Whose {
  readonly personality: Personality;
  readonly runtime: RuntimeName;
  /** Absent: not known, as of a peer that is no longer registered. */
  readonly defaultRuntime?: RuntimeName;
}

/** `iapeer start two`, or `iapeer start two -r command` where that is not its default runtime. */
export function commandFor(verb: PresenceVerb, of: Whose): string {
  const { personality, runtime, defaultRuntime = runtime } = of;
  return `iapeer ${verb} ${personality}${runtime === defaultRuntime ? "" : ` -r ${runtime}`}`;
}

/** Of what a supervisor remembers, or a launch is about. */
export const whoseOf = (
  names: Pick<Whose, "personality" | "runtime">,
  presence: Presence | null,
): Whose => ({
  personality: names.personality,
  runtime: names.runtime,
  ...(presence === null ? {} : { defaultRuntime: presence.peer.default_runtime }),
});
