// What a peer says of itself: self-fresh and self-done (lifecycle §4). Both are about the life that
// says so, and none that has begun since: they may have waited for a `new` or a slow end.

import { noteBug } from "../bug.ts";
import type { Context } from "../context.ts";
import { refreshLive, type Live } from "../live.ts";
import { partLiveness } from "../observe.ts";
import { commandOf, done, notAlive, refused } from "./answers.ts";
import { endSession } from "./halt.ts";
import { mark } from "./mark.ts";
import { isLive } from "../living.ts";
import type { VerbAnswer, VerbRequest } from "../../core/api.ts";
import type { IdentityDoc } from "../../core/identity-doc.ts";
import { identityOf } from "../../core/names.ts";
import type { Ending } from "../../flows/session/teardown.ts";
import { crashLoop } from "../../rules/crash-loop.ts";
import { refusal, type RefusedCause } from "../../rules/wake-refusal.ts";

/** Time for the caller, who may live in that very session, to read the answer. */
const SELF_FRESH_DELAY_MS = 500;

const REAPED_SOON = "done; it is reaped once it is quiet";
const KEPT = "it is kept: only a peer whose wake policy is ephemeral is reaped when it is done";

export function selfDone(
  context: Context,
  live: Live,
  request: VerbRequest,
): Promise<VerbAnswer> {
  return context.lanes.run(live.identity, () => {
    refreshLive(context.host, live);
    const over = isOver(context, live) ? notAlive(context, live) : null;
    const against = ofPastLife(live, request) ?? over;
    if (against !== null) return Promise.resolve(against);
    const marked = mark(context, live, (doc) => ({ ...doc, ephemeralArmed: true }));
    context.enqueue(live.identity);
    const isEphemeral = live.presence?.peer.wake_policy === "ephemeral";
    return Promise.resolve(marked ?? done(live, isEphemeral ? REAPED_SOON : KEPT));
  });
}

/** The mark is on disk before the session ends, so that a crash in between still relaunches. */
export function selfFresh(
  context: Context,
  live: Live,
  ask: { readonly request: VerbRequest; readonly askedBy: string },
): Promise<VerbAnswer> {
  return context.lanes.run(live.identity, () => {
    refreshLive(context.host, live);
    const against = ofPastLife(live, ask.request) ?? withoutSuccessor(context, live);
    if (against !== null) return Promise.resolve(against);
    const generation = live.doc.generation;
    const marked = mark(context, live, (doc) => ({ ...doc, newEager: true }));
    if (marked !== null) return Promise.resolve(marked);
    context.host.clock.after(SELF_FRESH_DELAY_MS, () => {
      endForFresh(context, live, { generation, askedBy: ask.askedBy });
    });
    return Promise.resolve(done(live, "a fresh session takes over in a moment"));
  });
}

/** Certainly: what nobody can tell about may be the one that is meant. */
function isOver(context: Context, live: Live): boolean {
  if (!live.docKnown) return false;
  if (live.doc.generation === null || live.end !== null) return true;
  const parts = ["server", "pane"] as const;
  return parts.some((part) => partLiveness(context.host, live, part) === "dead");
}

/** Null: it is about the present life, or does not say which. */
function ofPastLife(live: Live, { generation }: VerbRequest): VerbAnswer | null {
  if (!live.docKnown || generation === undefined) return null;
  if (generation === live.doc.generation) return null;
  return refused(live, "past-life", [
    `it was said by its life ${generation}, which is over`,
    `${commandOf("logs", live)} shows the present one`,
  ]);
}

/** Null: a fresh session will be launched. Else the present one, if any, would end for nothing. */
function withoutSuccessor(context: Context, live: Live): VerbAnswer | null {
  const { host, lives } = context;
  const runtime = live.presence?.peer.default_runtime ?? live.runtime;
  const target = lives.get(identityOf(runtime, live.personality));
  const isTaken = target !== undefined && target !== live && isLive(context, target);
  const asked = target === undefined || isTaken ? [live] : [live, target];
  for (const { identity, doc } of asked) {
    const { looped } = crashLoop(doc.deaths, host.clock.wall(), host.config);
    const cause: RefusedCause | null = doc.stopped ? "stopped" : looped ? "crash-loop" : null;
    if (cause === null) continue;
    const why = refusal(cause, { identity, crashLooped: looped, defaultRuntime: runtime });
    return refused(live, cause, [why.detail, why.next]);
  }
  return null;
}

/** It was asked of a daemon that did not live to do it, and was told that it would be done. */
export function takeUpFresh(context: Context, live: Live): void {
  if (live.doc.newEager) endForFresh(context, live, { generation: live.doc.generation });
}

type Leaving = Pick<IdentityDoc, "generation"> & Pick<Ending, "askedBy">;

/** What cannot be ended now, since nobody can tell whether it lives, is at a later pass. */
function endForFresh(context: Context, live: Live, leaving: Leaving): void {
  const { host, lives, lanes } = context;
  const { generation, ...ending } = leaving;
  const work = async () => {
    const isLeft = lives.get(live.identity) === live && live.doc.generation === generation;
    if (context.isClosing() || !isLeft || host.manager.manages(live.personality)) return;
    const failed = await endSession(context, live, { reason: "new", ...ending });
    if (failed === null) return;
    host.clock.after(host.config.tickMs, () => endForFresh(context, live, leaving));
  };
  const onBug = (error: unknown) => noteBug(host, live, error);
  lanes.run(live.identity, work).catch(onBug);
}
