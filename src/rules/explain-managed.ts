// What `iapeer why` says of a peer that a service manager holds (lifecycle §2). Pure.

import { isUnstarted } from "../core/generation.ts";
import { howItWent, isFailedLaunch, lastEnd, stopper, unlaunched } from "./explain-end.ts";
import { command, remedyOf } from "./explain-next.ts";
import type { PlanCase } from "./plan-case.ts";

export interface Explanation {
  readonly because: string;
  readonly next: string;
}

export function sayManaged(c: PlanCase): Explanation {
  const { doc, hints } = c.view;
  if (hints?.foreignJob !== undefined) return sayForeign(hints.foreignJob);
  const start = command("start", c.view);
  if (doc.stopped) {
    return {
      because: `${stopper(c)} stopped it, and its service manager leaves it down.`,
      next: `${start} has it held again.`,
    };
  }
  if (doc.gaveUpWall !== undefined) return sayGivenUp(c);
  if (isTriedAgain(c)) return sayTriedAgain(c, start);
  return {
    because: "A service manager holds it: the daemon only reads it, and wakes nothing.",
    next: isDown(c)
      ? `${start} starts it through its service.`
      : `iapeer stop ${c.view.personality} and ${start} go through its service.`,
  };
}

/** iapeer's own verbs are refused. */
const sayForeign = (path: string): Explanation => ({
  because:
    `A service manager holds it by ${path}, which is not iapeer's: ` +
    "the daemon only reads it.",
  next: "Start and stop it through that service, or move that file away.",
});

function sayGivenUp(c: PlanCase): Explanation {
  const { view } = c;
  const look = `${command("logs", view)} shows why`;
  return {
    because:
      `${howItWent(c)}It failed too often under its service manager, ` +
      "which has given up on it.",
    next: `${isFailedLaunch(c) ? remedyOf(view) : look}; ${command("new", view)} starts it again.`,
  };
}

function sayTriedAgain(c: PlanCase, start: string): Explanation {
  const { view } = c;
  return {
    because: `${lastEnd(c)}${unlaunched(c)} A service manager holds it, and it is tried again.`,
    next:
      `${isFailedLaunch(c) ? `${remedyOf(view)}; ` : ""}${start} tries it now, and ` +
      `iapeer events --peer ${view.personality} shows each try.`,
  };
}

const isDown = ({ generation, gone, unknown }: PlanCase): boolean =>
  !unknown && (generation === null || gone);

/** Held, and down: its holder waits before it tries again, or its manager before it has it held. */
const isTriedAgain = (c: PlanCase): boolean =>
  isDown(c) && (c.backOffUntil !== null || (c.end !== null && isUnstarted(c.end)));
