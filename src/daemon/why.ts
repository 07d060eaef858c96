// Why a peer is as it is (lifecycle §4), from the same view that plan() gets, and from what a
// person has to know beside it: what is to be put right, and which presence a command is about.

import type { Membership } from "./members.ts";
import type { Live } from "./live.ts";
import { attachedCount, observeAsked, shortfall } from "./show.ts";
import type { Personality } from "../core/names.ts";
import { peerJobId } from "../core/service.ts";
import type { WhyPresence, WhyReport } from "../core/snapshot.ts";
import type { Hints, IdentityView } from "../core/world.ts";
import { parseInstant } from "../formats/instant.ts";
import { recordRemedy, remedyFor } from "../flows/remedy.ts";
import type { Host } from "../ports/host.ts";
import { explain } from "../rules/explain.ts";
import { peerState } from "../rules/peer-state.ts";

interface Seen {
  readonly live: Live;
  readonly view: IdentityView;
}

export function why(context: Membership, personality: Personality): WhyReport {
  const { host } = context;
  const lives = context.lives.ofPeer(personality);
  const all = lives.map((live) => ({ live, view: withAttached(context, live) }));
  const presences = all.map((seen) => explained(host, seen, hintsFor(host, seen, all)));
  return { schema: "iapeer.why.v1", personality, presences };
}

/** Whom a pass asks tmux about before a reap, a person sees now, as in a listing. */
function withAttached(context: Membership, live: Live): IdentityView {
  const view = observeAsked(context, live);
  const attached = isUp(view) ? attachedCount(context, live) : 0;
  const { generation } = view;
  return attached === 0 || generation === null
    ? view
    : { ...view, generation: { ...generation, attached } };
}

function explained(host: Host, { live, view }: Seen, hints: Hints): WhyPresence {
  const now = { wall: host.clock.wall() };
  const state = peerState(view, now, host.config);
  return {
    identity: live.identity,
    state,
    ...explain({ ...view, hints }, now, host.config),
    ...shortfall(view, state),
    doc: live.doc,
    decisions: [...live.decisions],
  };
}

function hintsFor(host: Host, seen: Seen, all: readonly Seen[]): Hints {
  const remedy = remedyOf(host, seen);
  const foreignJob = seen.view.managed ? foreignJobOf(host, seen.live) : null;
  const others = all.filter(({ view }) => view !== seen.view && isUp(view));
  return {
    ...(remedy === null ? {} : { remedy }),
    ...(foreignJob === null ? {} : { foreignJob }),
    ...interruptedBy(seen.live),
    aliveElsewhere: others.map(({ view }) => view.identity),
  };
}

/** Its key reaches the program before the daemon has noted that it was asked for. */
const NOTED_WITHIN_MS = 1000;
/** What a program does first that ends at an interrupt. */
const ENDS_WITHIN_MS = 10_000;

/** The record of such an end is the session's own, and names nobody. */
function interruptedBy({ decisions, end, start }: Live): Pick<Hints, "interruptedBy"> {
  const ended = end === null ? null : parseInstant(end.ts);
  const found = decisions.findLast(({ action, cause, ts }) => {
    const asked = parseInstant(ts);
    if (action !== "interrupt" || cause !== "done") return false;
    if (asked === null || ended === null) return false;
    // Of this life, and not of the one before.
    if (start !== null && asked < start.startedWall) return false;
    return ended - asked > -NOTED_WITHIN_MS && ended - asked < ENDS_WITHIN_MS;
  });
  return found === undefined ? {} : { interruptedBy: found.detail.replace(/^from=/, "") };
}

/** As a verb without --runtime looks for one. */
const isUp = ({ generation }: IdentityView): boolean =>
  generation?.server === "alive" && generation.pane === "alive" && generation.end === null;

function remedyOf(host: Host, { live, view }: Seen): string | null {
  const { start, end, presence, doc, docKnown } = live;
  const isUnprepared = view.unlaunched !== undefined;
  const record = recordRemedy(host, doc, docKnown);
  if (record !== null || presence === null) return record;
  return remedyFor(host, presence, { start, end, isUnprepared }) ?? live.remedy;
}

function foreignJobOf({ manager }: Host, { personality }: Live): string | null {
  const id = peerJobId(personality);
  return manager.ownerOf(id).owner === "foreign" ? manager.fileOf(id) : null;
}
