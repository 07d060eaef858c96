// One identity under its lane: observe, plan, apply, and again until there is nothing to do.
// What the tick planned is dropped as `superseded` when the answer has changed by now.

import { applyDecision } from "./apply.ts";
import { isLeftToDaemon } from "./concerned.ts";
import type { Context } from "./context.ts";
import { logDecision, remember } from "./decision-log.ts";
import { refreshLive, type Live } from "./live.ts";
import { askAttached, observe } from "./observe.ts";
import { askOutput } from "./pane-log.ts";
import { scheduleNext } from "./timers.ts";
import { clearOrphan, isHaunted } from "./orphan.ts";
import { noticeJump } from "./tick.ts";
import { finishLife } from "./unfinished.ts";
import { armLife } from "./watches.ts";
import type { Decision } from "../core/decision.ts";
import { planIdentity, superseded } from "../rules/plan.ts";

/** One look leads to at most this many actions; a plan that will not settle is a bug. */
const ROUNDS_MAX = 6;

export interface Looking {
  /** What an earlier look decided. */
  readonly planned?: Decision;
  /** Whoever looks is about to launch it: always-on need not. */
  readonly leaveDown?: boolean;
}

/** Runs in the identity's lane. */
export async function supervise(
  context: Context,
  live: Live,
  looking: Looking = {},
): Promise<void> {
  if (context.isLost()) return;
  // What a service manager holds is its holder's to complete and to clear, from its first launch.
  if (!context.host.manager.manages(live.personality)) {
    if (isHaunted(context.host, live)) await clearOrphan(context, live);
    await finishLife(context, live);
  }
  let expected = looking.planned ?? null;
  for (let round = 0; round < ROUNDS_MAX && !context.isClosing(); round += 1) {
    const decision = await decide(context, live);
    if (expected !== null && superseded(expected, decision)) {
      logDecision(context.host, expected, { detail: "superseded" });
    }
    expected = null;
    if (looking.leaveDown === true && isRestart(decision)) return;
    if (isLeftToDaemon(context, decision)) return;
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

const isRestart = (decision: Decision): boolean =>
  decision.action === "relaunch" && decision.cause === "always-on";

/** A witness's own time is a few milliseconds; so long is waited beyond its bound. */
const SETTLE_MORE_MS = 500;
const SETTLE_LOOK_MS = 5;

/**
 * Before a wake, in the identity's lane: what has ended has its record, and is accounted for. A
 * wake that came first would end what had died, and no death would ever be counted.
 */
export async function settleEnd(
  context: Context,
  live: Live,
  looking: Looking = {},
): Promise<void> {
  const { clock, config } = context.host;
  const until = clock.mono() + config.witnessGraceMs + SETTLE_MORE_MS;
  for (;;) {
    await supervise(context, live, looking);
    if (!isSettling(context, live) || clock.mono() >= until) return;
    await clock.sleep(SETTLE_LOOK_MS);
  }
}

function isSettling({ host, isClosing }: Context, live: Live): boolean {
  const decision = planIdentity(observe(host, live), { wall: host.clock.wall() }, host.config);
  return !isClosing() && decision.action === "none" && decision.why === "settling";
}

/** Asks tmux who is attached only when the answer would matter: before a reap. */
async function decide(context: Context, live: Live): Promise<Decision> {
  const { host } = context;
  const { config } = host;
  const now = () => ({ wall: host.clock.wall() });
  noticeJump(context);
  const first = planIdentity(observe(host, live), now(), config);
  if (first.action !== "reap") return first;
  await askOutput(host, live);
  // Last: somebody may attach while anything else is asked.
  const attached = await askAttached(host, live);
  noticeJump(context);
  return planIdentity(observe(host, live, { attached }), now(), config);
}
