// The verbs that bring a peer up: wake, start, new, attach, and a launch from its folder.

import { lookAtEnded } from "../at-launch.ts";
import { bringUp, type BringUp } from "../bring-up.ts";
import type { Context } from "../context.ts";
import { converse, type Talked } from "../converse.ts";
import type { Live } from "../live.ts";
import { commandOf, failed, refused } from "./answers.ts";
import { mark } from "./mark.ts";
import { settleEnd } from "../supervise.ts";
import type { Delivery, VerbAnswer, VerbRequest } from "../../core/api.ts";
import { checkMessage, renderMessage } from "../../formats/envelope.ts";
import { freshText } from "../../flows/texts.ts";
import type { WakeOutcome } from "../../flows/wake.ts";
import type { Host } from "../../ports/host.ts";

type Up = Extract<WakeOutcome, { state: "woke" | "alive" }>;

export async function rouse(
  context: Context,
  live: Live,
  ask: { request: VerbRequest; rouse: BringUp },
): Promise<VerbAnswer> {
  const begun = context.host.clock.mono();
  const message = messageText(context, live, ask.request);
  if ("result" in message) return message;
  const brought = await context.lanes.run(live.identity, () =>
    inLane(context, live, { how: ask.rouse, text: message.text }),
  );
  if ("refusal" in brought) {
    context.enqueue(live.identity);
    return brought.refusal;
  }
  const talked = await brought.talk;
  context.enqueue(live.identity);
  return answer(context, live, { outcome: brought.outcome, talked, begun });
}

type Brought =
  | { readonly refusal: VerbAnswer }
  | { readonly outcome: Up; readonly talk: Promise<Talked> };

/**
 * What ended before is settled first: the choice of fresh or resume depends on it. Of two launches,
 * by always-on and then by the verb, the second would answer for the first's failure with another;
 * only an attach that finds nothing to resume would launch none.
 */
async function inLane(
  context: Context,
  live: Live,
  ask: { how: BringUp; text: string | null },
): Promise<Brought> {
  const { change } = ask.how;
  await settleEnd(context, live, { leaveDown: ask.how.trigger !== "attach" });
  const outcome = await bringUp(context, live, ask.how);
  // What is refused, since a service manager holds it, has not ended a halt.
  const isOurs = !context.host.manager.manages(live.personality);
  const isMarkedNow = outcome.state === "alive" || outcome.state === "failed";
  if (change !== undefined && isOurs && isMarkedNow) {
    const refusal = mark(context, live, change);
    if (refusal !== null) return { refusal };
  }
  if (outcome.state === "refused" || outcome.state === "failed") {
    return { refusal: refusalOf(context.host, live, { outcome, text: ask.text }) };
  }
  return { outcome, talk: talkFor(context, live, { outcome, text: ask.text }) };
}

function messageText(
  context: Context,
  live: Live,
  request: VerbRequest,
): { text: string | null } | VerbAnswer {
  if (request.message === undefined) return { text: null };
  const checked = checkMessage(request.message, request.topic ?? null);
  if (!checked.ok) {
    const next = "what is longer belongs in a file that it names";
    return refused(live, "bad-message", [checked.error, next]);
  }
  const text = renderMessage({
    from: request.from ?? "operator",
    intelligence: request.from === undefined ? "natural" : "artificial",
    topic: checked.value.topic,
    id: context.host.ids.short(),
    wall: context.host.clock.wall(),
    body: checked.value.body,
  });
  return { text };
}

/** Enqueued inside the identity's lane, so that texts keep the order in which they were asked. */
function talkFor(
  context: Context,
  live: Live,
  up: { outcome: Up; text: string | null },
): Promise<Talked> {
  const { outcome } = up;
  const { start, launchEnv } = outcome;
  if (outcome.state === "alive" || live.presence === null) {
    return converse(context, live, { start, launchEnv, rule: null, text: up.text });
  }
  const text = freshText(live.presence.peer, outcome.woke.mode, up.text);
  return converse(context, live, { start, launchEnv, rule: outcome.woke.rule, text });
}

/** What ended before its launcher looked is answered for like any that was never ready. */
function refusalOf(
  host: Host,
  live: Live,
  asked: { outcome: Extract<WakeOutcome, { state: "refused" | "failed" }>; text: string | null },
): VerbAnswer {
  const { outcome, text } = asked;
  const { identity, start } = live;
  const { state, cause, next } = outcome;
  if (cause === "ended-at-launch" && start !== null) {
    const detail = `${outcome.detail}${text === null ? "" : UNSAID}`;
    return { result: state, identity, cause, detail, next: lookAtEnded(host, live, start) };
  }
  const isSearched = "searched" in outcome && outcome.searched !== undefined;
  const detail = isSearched ? `${outcome.detail}: ${outcome.searched}` : outcome.detail;
  return { result: state, identity, cause, detail, next };
}

const UNSAID = "; the message was not delivered";

function answer(
  context: Context,
  live: Live,
  seen: { outcome: Up; talked: Talked; begun: number },
): VerbAnswer {
  const { outcome, talked } = seen;
  const { identity } = live;
  const { generation } = outcome.start;
  const delivered = deliveryOf(talked, live);
  if (talked.ready.state === "ready") {
    if (outcome.state === "alive") {
      return { result: "already-alive", identity, generation, ...delivered };
    }
    const ms = Math.round(context.host.clock.mono() - seen.begun);
    const { mode, cause } = outcome.woke;
    return { result: "woke", identity, generation, mode, cause, ms, ...delivered };
  }
  const ended = talked.ready.state === "ended";
  const unsaid = talked.delivered === null ? "" : UNSAID;
  const next = ended ? lookAtEnded(context.host, live, outcome.start) : commandOf("attach", live);
  const cause = ended ? "ended-at-launch" : "not-ready";
  return failed(live, cause, [`${talked.detail}${unsaid}`, next]);
}

function deliveryOf({ delivered, detail }: Talked, live: Live): Delivery {
  if (delivered === null) return {};
  if (delivered === "delivered") return { delivered };
  const next = commandOf("attach", live);
  return { delivered, delivery_detail: detail, delivery_next: next };
}
