// The operator's verbs that end a session or change what its successor begins with: stop, refresh.

import type { Context } from "../context.ts";
import { endLifeOf } from "../end-life.ts";
import { refreshLive, type Live } from "../live.ts";
import { done, failed, managed, stoppedNow, unsure } from "./answers.ts";
import { mark } from "./mark.ts";
import { isLive } from "../living.ts";
import { partLiveness } from "../observe.ts";
import { settleEnd, supervise } from "../supervise.ts";
import { finishLife } from "../unfinished.ts";
import type { VerbAnswer } from "../../core/api.ts";
import type { StartRecord } from "../../core/generation.ts";
import { type Ending, endLeftovers } from "../../flows/session/teardown.ts";

/** The flag first, durably: a stop that is cut off here still keeps the peer down. */
export function stopPresence(
  context: Context,
  live: Live,
  ending: Ending,
): Promise<VerbAnswer> {
  return context.lanes.run(live.identity, async () => {
    if (context.host.manager.manages(live.personality)) {
      return managed(live);
    }
    refreshLive(context.host, live);
    const wasStopped = live.doc.stopped && !isLive(context, live);
    const marked = mark(context, live, (doc) => ({ ...doc, stopped: true, newEager: false }));
    if (marked !== null) return marked;
    const ended = await endSession(context, live, ending);
    if (ended !== null) return ended;
    return stoppedNow(context, live, { wasStopped });
  });
}

/** Null: nothing of it runs any more. Unknown liveness is said, and nothing is signalled. */
export async function endSession(
  context: Context,
  live: Live,
  ending: Ending,
): Promise<VerbAnswer | null> {
  refreshLive(context.host, live);
  if (live.start !== null && context.host.manager.manages(live.personality)) {
    return managed(live);
  }
  await finishLife(context, live);
  if (live.unsure || !live.docKnown) return unsure(live);
  const ended = await endLife(context, live, ending);
  if (ended !== null) return ended;
  refreshLive(context.host, live);
  await supervise(context, live);
  return null;
}

/** A life that is over already is not ours to call ended: its own witness tells how it went. */
async function endLife(
  context: Context,
  live: Live,
  ending: Ending,
): Promise<VerbAnswer | null> {
  const { host } = context;
  const { start, end } = live;
  if (start === null) return null;
  const isDead = (part: "server" | "pane") => partLiveness(host, live, part) === "dead";
  if (end === null && (isDead("pane") || isDead("server"))) await settleEnd(context, live);
  // A relaunch that was asked for has come already.
  if (live.start?.generation !== start.generation) return null;
  const seen = partLiveness(host, live, "server");
  if (seen === "unknown") return unsure(live);
  if (seen === "dead") return endRest(context, live, live.start);
  const ended = await endLifeOf(context, live, { start: live.start, ...ending });
  if (ended.state === "ended") return null;
  // Its end is on record: what would not end is tried again at each pass.
  refreshLive(host, live);
  const detail = `pids ${ended.pids.join(", ")} would not end`;
  return failed(live, "survived", [detail, "end those processes yourself, then try again"]);
}

/** What ignored the hangup of a server that has died by itself: nobody would look for it again. */
async function endRest(
  { host }: Context,
  live: Live,
  start: StartRecord,
): Promise<VerbAnswer | null> {
  const left = await endLeftovers(host, start, live.unseen);
  if (left === "ended") return null;
  if (left === "unknown") return unsure(live);
  const detail = `its process${start.pane === undefined ? "" : ` ${start.pane.pid}`} would not end`;
  return failed(live, "survived", [detail, "end that process yourself, then try again"]);
}

export function refresh(context: Context, live: Live): Promise<VerbAnswer> {
  return context.lanes.run(live.identity, () => {
    const marked = mark(context, live, (doc) => ({ ...doc, freshNext: true }));
    return Promise.resolve(marked ?? done(live, "the next wake by message starts fresh"));
  });
}
