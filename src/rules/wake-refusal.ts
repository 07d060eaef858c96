// What the waking table's refusals say (lifecycle §3): what stands in the way, and what to do that
// is not refused itself.

import type { Identity, RuntimeName } from "../core/names.ts";
import { assert } from "../core/result.ts";
import type { RefusalCause } from "../core/states.ts";
import { splitIdentity } from "./names.ts";
import { commandFor, type PresenceVerb } from "./presence-command.ts";

export interface Refused {
  readonly identity: Identity;
  readonly crashLooped: boolean;
  /** The peer's; absent: not known. */
  readonly defaultRuntime?: RuntimeName;
}

export type RefusedCause = keyof typeof REFUSALS;

/** Sentences for a person. */
export function refusal(
  cause: RefusedCause,
  { identity, crashLooped, ...own }: Refused,
): { readonly detail: string; readonly next: string } {
  const split = splitIdentity(identity);
  assert(split !== null, `${identity} is no identity`);
  const command = (verb: PresenceVerb) => commandFor(verb, { ...split, ...own });
  const { detail, next } = REFUSALS[cause];
  const about = { peer: split.personality, crashLooped };
  return { detail: `${identity} ${detail}`, next: next(command, about) };
}

/** What to do, in words that may name commands about this presence, or its whole peer. */
type Next = (
  command: (verb: PresenceVerb) => string,
  about: { readonly peer: string; readonly crashLooped: boolean },
) => string;

const REFUSALS = {
  stopped: {
    detail: "is stopped by the operator",
    // The guard refuses a start.
    next: (command, { crashLooped }) => command(crashLooped ? "new" : "start"),
  },
  managed: {
    detail: "is held by a service manager, the daemon only reads it",
    next: (_, { peer }) => `iapeer start ${peer} and iapeer stop ${peer} go through its service`,
  },
  "crash-loop": {
    detail: "died too often in a short time",
    next: (command, { peer }) =>
      `wait until it has cooled (iapeer why ${peer}), or start over: ${command("new")}`,
  },
  "attach-nothing-to-resume": {
    detail: "is not running and has no conversation to resume",
    next: (command) => `${command("new")} starts one, then attach`,
  },
  "resume-nothing-to-resume": {
    detail: "has no conversation to resume",
    next: () => "wake it without --resume",
  },
} as const satisfies Partial<Record<RefusalCause, { detail: string; next: Next }>>;
