// Relaunching without being asked (lifecycle §4 line 3): a `new-eager` mark goes to the default
// runtime, an always-on peer comes back, and neither waits for readiness inside the lane.

import type { Applied } from "./apply.ts";
import { bringUp } from "./bring-up.ts";
import { noteBug } from "./bug.ts";
import type { Context } from "./context.ts";
import { converse } from "./converse.ts";
import { logDecision } from "./decision-log.ts";
import { refreshLive, type Live } from "./live.ts";
import { isLive } from "./living.ts";
import type { Relaunch } from "../core/decision.ts";
import { identityOf } from "../core/names.ts";
import { changeDoc } from "../flows/storage/identity-doc.ts";
import { freshText } from "../flows/texts.ts";
import { nextRestart } from "../rules/restart.ts";

export async function relaunch(
  context: Context,
  live: Live,
  decision: Relaunch,
): Promise<Applied> {
  const target = identityOf(decision.runtime, live.personality);
  if (target !== live.identity) return passOn(context, live, decision);
  const waitMs = context.incidents.staggerMs(live.identity);
  if (waitMs > 0) {
    context.host.clock.after(waitMs, () => context.enqueue(live.identity));
    return "wait";
  }
  logDecision(context.host, decision, { detail: "" });
  const trigger = decision.cause === "new" ? "new" : "always-on";
  const { generation } = live.doc;
  const outcome = await bringUp(context, live, { trigger });
  if (outcome.state === "woke") {
    const { start, launchEnv, woke } = outcome;
    const text = live.presence === null ? null : freshText(live.presence.peer, woke.mode, null);
    converse(context, live, { start, launchEnv, rule: woke.rule, text }).then(
      () => context.enqueue(live.identity),
      (error: unknown) => noteBug(context.host, live, error),
    );
    return "again";
  }
  if (outcome.state !== "failed") return outcome.state === "alive" ? "again" : "wait";
  // What the launch left behind is settled now, and with it the time of the next one.
  if (live.doc.generation !== generation) return "again";
  return trigger === "always-on" && backOff(context, live) ? "again" : "wait";
}

/** The launch failed before there was a life to settle: its successor backs off all the same. */
export function backOff({ host }: Context, live: Live): boolean {
  const at = { now: host.clock.wall(), config: host.config };
  const { unlaunched } = live;
  const changed = changeDoc(host, live.identity, (doc) => ({
    ...doc,
    restart: nextRestart(doc.restart, 0, at),
    // For the daemon that comes after this one, too.
    ...(unlaunched === null ? {} : { unlaunched }),
  }));
  refreshLive(host, live);
  return changed.state === "ok";
}

/**
 * The mark moves to the presence that will be launched; set there before it is cleared here. One
 * that is being launched would keep it through its life: whether there is one is seen after that.
 */
function passOn(context: Context, live: Live, decision: Relaunch): Applied {
  const target = identityOf(decision.runtime, live.personality);
  const other = context.lives.get(target);
  if (other?.launching === true) {
    lookAnew(context, other, live);
    return "wait";
  }
  const isThere = other !== undefined && isLive(context, other);
  const detail = isThere ? `${target} is alive` : `passed on to ${target}`;
  logDecision(context.host, decision, { detail });
  if (other === undefined) return "wait";
  // A mark on a living session would end it one day, or bring it back from a park.
  const isPassed =
    isThere ||
    changeDoc(context.host, target, (doc) => ({ ...doc, newEager: true })).state === "ok";
  if (!isPassed) return "wait";
  changeDoc(context.host, live.identity, (doc) => ({ ...doc, newEager: false }));
  lookAnew(context, other);
  return "again";
}

/** In its own lane, after what goes on there: what is remembered of its document has no mark. */
function lookAnew(context: Context, live: Live, next: Live = live): void {
  const { host, lanes } = context;
  const refresh = () => Promise.resolve(refreshLive(host, live));
  lanes.run(live.identity, refresh).then(
    () => context.enqueue(next.identity),
    (error: unknown) => noteBug(host, live, error),
  );
}
