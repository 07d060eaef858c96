// One identity under its lane: observe, plan, apply, and again until there is nothing to do.
// What the tick planned is dropped as `superseded` when the answer has changed by now.

import { applyDecision } from "./apply.ts";
import type { Context } from "./context.ts";
import { logDecision, remember } from "./decision-log.ts";
import { refreshLive, type Live } from "./live.ts";
import { askAttached, observe } from "./observe.ts";
import { scheduleNext } from "./timers.ts";
import { clearOrphan, isHaunted } from "./orphan.ts";
import { noticeJump } from "./tick.ts";
import { finishLife } from "./unfinished.ts";
import { armLife } from "./watches.ts";
import type { Decision } from "../core/decision.ts";
import { planIdentity, superseded } from "../rules/plan.ts";

/** One look leads to at most this many actions; a plan that will not settle is a bug. */
const ROUNDS_MAX = 6;

/** Runs in the identity's lane. `planned` is what an earlier look decided. */
export async function supervise(
  context: Context,
  live: Live,
  planned: Decision | null,
): Promise<void> {
  // What a service manager holds is its holder's to complete and to clear, from its first launch.
  if (!context.host.manager.manages(live.personality)) {
    await finishLife(context, live);
    if (isHaunted(context.host, live)) await clearOrphan(context, live);
  }
  let expected = planned;
  for (let round = 0; round < ROUNDS_MAX && !context.state.closing; round += 1) {
    const decision = await decide(context, live);
    if (expected !== null && superseded(expected, decision)) {
      logDecision(context.host, expected, { detail: "superseded" });
    }
    expected = null;
    remember(context.host, live, decision);
    if (decision.action === "none") {
      scheduleNext(context, live, decision.untilWall ?? null);
      return;
    }
    const applied = await applyDecision(context, live, decision);
    refreshLive(context.host, live);
    armLife(context.watches, live);
    if (applied === "wait") return;
  }
}

/** Asks tmux who is attached only when the answer would matter: before a reap. */
async function decide(context: Context, live: Live): Promise<Decision> {
  const { host } = context;
  const { config } = host;
  const now = () => ({ wall: host.clock.wall() });
  noticeJump(context);
  const first = planIdentity(observe(host, live), now(), config);
  if (first.action !== "reap") return first;
  const attached = await askAttached(host, live);
  noticeJump(context);
  return planIdentity(observe(host, live, { attached }), now(), config);
}
