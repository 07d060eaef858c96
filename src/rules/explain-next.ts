// The remedies that `iapeer why` names (lifecycle §4): what has to be done first, and a command
// that is about this very presence. Pure.

import type { IdentityView } from "../core/world.ts";
import { isFailedLaunch } from "./explain-end.ts";
import { splitIdentity } from "./names.ts";
import type { PlanCase } from "./plan-case.ts";
import { commandFor, type PresenceVerb } from "./presence-command.ts";

/** A verb without --runtime takes a presence that lives, and the default one only if none does. */
export function command(verb: PresenceVerb, view: IdentityView): string {
  const taken = takenInstead(view);
  return commandFor(verb, taken === null ? view : { ...view, defaultRuntime: taken.runtime });
}

/** Null: it is this one, or the default one of its peer. */
function takenInstead({ runtime, defaultRuntime, generation, hints }: IdentityView) {
  const isUp =
    generation?.server === "alive" && generation.pane === "alive" && generation.end === null;
  const other = hints?.aliveElsewhere?.[0];
  return isUp || runtime !== defaultRuntime || other === undefined ? null : splitIdentity(other);
}

/** What is known to stand in the way, as an order; else that it is to be done away with. */
export const remedyOf = ({ hints }: IdentityView): string =>
  sentence(hints?.remedy ?? "put that right");

/** What has to be done first, if that is known, and what comes of it. */
export const andThen = (view: IdentityView, rest: string): string =>
  view.hints?.remedy === undefined ? sentence(rest) : `${remedyOf(view)}; ${rest}`;

/** Of one that ended by itself, and not well. */
export const ownWords = ({ end, view }: PlanCase): string =>
  end?.ev === "session-exit" && end.deadStatus !== 0
    ? `${command("logs", view)} shows what it printed. `
    : "";

export function howToWake(c: PlanCase): string {
  const { view } = c;
  const { personality, registered, runtime, defaultRuntime } = view;
  if (!registered) return `iapeer remove ${personality} purges what is left of it.`;
  const wake = command("wake", view);
  if (isFailedLaunch(c)) return `${remedyOf(view)}; ${wake} tries it again.`;
  const taken = takenInstead(view);
  if (taken !== null) {
    const other = `${taken.identity} is alive: a message goes to that one, as does `;
    return `${ownWords(c)}${other}iapeer wake ${personality}. ${wake} wakes this one.`;
  }
  // A message is for the peer: its default presence is the one that it wakes.
  const isDefault = runtime === defaultRuntime;
  return `${ownWords(c)}${isDefault ? `A message wakes it, as does ${wake}` : `${wake} wakes it`}.`;
}

const sentence = (text: string): string => `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;
