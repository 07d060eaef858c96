// Verbs about a peer that a service manager holds (service-manager contract): the operator's word
// goes into its document, and the manager is asked to act on it. The daemon itself only reads.

import type { Context } from "../context.ts";
import { refreshLive, type Live } from "../live.ts";
import { partLiveness } from "../observe.ts";
import { failed, refused, stoppedNow, type Unmet, unsure, unwritable } from "./answers.ts";
import { stopPresence } from "./halt.ts";
import { mark } from "./mark.ts";
import { isLive } from "../living.ts";
import type { VerbAnswer } from "../../core/api.ts";
import type { IdentityDoc } from "../../core/identity-doc.ts";
import { identityOf, type RuntimeName } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { peerJobId, type ServiceAnswer } from "../../core/service.ts";
import { isUp } from "../../flows/service/answers.ts";
import {
  installPeerJob,
  isForManager,
  removePeerJob,
  startPeerJob,
  stopPeerJob,
  strangersJob,
} from "../../flows/service/peer-jobs.ts";
import { lacksRoom } from "../../flows/session/make-way.ts";
import { teardown } from "../../flows/session/teardown.ts";
import { witnessOf } from "../../flows/session/witness-of.ts";
import { peekDoc } from "../../flows/storage/identity-doc.ts";

export const isHeld = ({ host }: Context, live: Live): boolean =>
  host.manager.manages(live.personality);

/** Held, or to be held from its next start on. */
export function startsHeld(context: Context, live: Live): RuntimeName | null {
  const peer = live.presence?.peer;
  if (peer === undefined || live.runtime !== peer.default_runtime) return null;
  if (!isHeld(context, live) && isLive(context, live)) return null;
  return isForManager(context.host, peer);
}

const asFailure = (live: Live, answer: ServiceAnswer): VerbAnswer =>
  failed(live, answer.state, [answer.reason, answer.next ?? "iapeer daemon status"]);

/** Whoever holds it: the daemon, or a service manager. */
export const stopOf = (context: Context, live: Live, askedBy: string): Promise<VerbAnswer> =>
  isHeld(context, live)
    ? stopHeld(context, live, askedBy)
    : stopPresence(context, live, { reason: "stop", askedBy });

/** The flag before and after: its holder writes the same document until it has ended. */
function stopHeld(context: Context, live: Live, askedBy: string): Promise<VerbAnswer> {
  return context.lanes.run(live.identity, async () => {
    const halt = () => mark(context, live, (doc) => ({ ...doc, stopped: true, newEager: false }));
    const against = foreign(context, live);
    if (against !== null) return against;
    refreshLive(context.host, live);
    const wasStopped = live.doc.stopped && !isLive(context, live);
    const marked = halt();
    if (marked !== null) return marked;
    const stopped = await stopPeerJob(context.host, live.personality);
    if (stopped.state !== "not-loaded") return asFailure(live, stopped);
    const left = halt() ?? (await endLeft(context, live, askedBy));
    if (left !== null) return left;
    return stoppedNow(context, live, { wasStopped, how: ", its job is unloaded" });
  });
}

const ENDS = "end those processes yourself, then try again";

/** Its holder was killed before it could end the session: now nobody holds it. */
async function endLeft(
  context: Context,
  live: Live,
  askedBy: string,
): Promise<VerbAnswer | null> {
  refreshLive(context.host, live);
  const seen = partLiveness(context.host, live, "server");
  if (seen === "unknown") return unsure(live);
  if (live.start === null || seen === "dead") return null;
  const by = witnessOf(context.host);
  const ended = await teardown(context.host, { start: live.start, reason: "stop", by, askedBy });
  if (ended.state === "ended") return null;
  return failed(live, "survived", [`pids ${ended.pids.join(", ")} would not end`, ENDS]);
}

/** Null: no file that is not iapeer's names it. */
export function foreign({ host }: Context, live: Live): Unmet | null {
  const detail = strangersJob(host, live.personality);
  if (detail === null) return null;
  const next = "start and stop it through that service, or move that file away";
  return refused(live, "managed", [detail, next]);
}

/** `change` is what the operator's word changes first; it also ends a halt. */
export function startHeld(
  context: Context,
  live: Live,
  ask: { runtime: RuntimeName; anew: boolean; change: (doc: IdentityDoc) => IdentityDoc },
): Promise<VerbAnswer> {
  return context.lanes.run(live.identity, async () => {
    const { host } = context;
    const peer = live.presence?.peer;
    if (peer === undefined) return asFailure(live, NOT_REGISTERED);
    const against = foreign(context, live);
    if (against !== null) return against;
    if (ask.anew && isHeld(context, live)) {
      refreshLive(host, live);
      // Ended now, it could not be started again.
      const full = live.start === null ? null : lacksRoom(host, live.start);
      if (full !== null) return unwritable(live, full);
      const stopped = await stopPeerJob(host, live.personality);
      if (stopped.state !== "not-loaded") return asFailure(live, stopped);
    }
    const unmarked = mark(context, live, (doc) => ask.change(tryAgain(doc)));
    if (unmarked !== null) return unmarked;
    const begun = host.clock.mono();
    const up = await bringUpJob(context, peer, ask.runtime);
    return answerOf(context, live, { up, ms: Math.round(host.clock.mono() - begun) });
  });
}

/** The operator's word ends a giving up, and the pause after a launch that never started. */
function tryAgain(given: IdentityDoc): IdentityDoc {
  const doc = { ...given, restart: { ...given.restart, notBeforeWall: null } };
  if (doc.gaveUpWall === undefined) return doc;
  const { gaveUpWall, ...rest } = doc;
  return { ...rest, deaths: rest.deaths.filter((wall) => wall > gaveUpWall) };
}

const NOT_REGISTERED: ServiceAnswer = { state: "unknown", reason: "it is not in the registry" };

function bringUpJob(
  { host }: Context,
  peer: RegistryEntry,
  runtime: RuntimeName,
): Promise<ServiceAnswer> {
  const owner = host.manager.ownerOf(peerJobId(peer.personality));
  const start = owner.owner === "ours" ? startPeerJob : installPeerJob;
  return start(host, peer, runtime);
}

function answerOf(
  context: Context,
  live: Live,
  seen: { up: ServiceAnswer; ms: number },
): VerbAnswer {
  const { up, ms } = seen;
  refreshLive(context.host, live);
  const { identity, start } = live;
  if (!isUp(up) || start === null) return asFailure(live, up);
  const { generation, mode } = start;
  if (up.state === "already-loaded") return { result: "already-alive", identity, generation };
  return { result: "woke", identity, generation, mode, cause: "start", ms };
}

/**
 * Before the registry's record goes, or the manager would go on starting a peer that does not
 * exist. Null: nothing holds it any more.
 */
export async function releaseHeld(
  context: Context,
  live: Live,
  askedBy: string,
): Promise<VerbAnswer | null> {
  const stopped = await stopHeld(context, live, askedBy);
  if (stopped.result !== "done") return stopped;
  const removed = await removePeerJob(context.host, live.personality);
  return removed.state === "not-loaded" ? null : asFailure(live, removed);
}

/** Before a rename: the old name's job goes. Null: nothing holds the old name any more. */
export async function renamedHeld(context: Context, live: Live): Promise<VerbAnswer | null> {
  if (!isHeld(context, live)) return null;
  const against = foreign(context, live);
  if (against !== null) return against;
  const removed = await removePeerJob(context.host, live.personality);
  return removed.state === "not-loaded" ? null : asFailure(live, removed);
}

/** After a rename: a job of the new name, unless the peer is stopped; in sentences. */
export async function holdAgain(
  { host }: Context,
  peer: RegistryEntry,
): Promise<readonly string[]> {
  const runtime = isForManager(host, peer);
  if (runtime === null) return [];
  const read = peekDoc(host, identityOf(runtime, peer.personality));
  const isStopped = read.state !== "failed" && read.doc.stopped;
  if (isStopped) return [stillStopped(peer)];
  const answer = await installPeerJob(host, peer, runtime);
  if (isUp(answer)) return ["it is held under its new name"];
  return [`warning: it is not held: ${answer.reason}`];
}

const stillStopped = ({ personality }: RegistryEntry): string =>
  `it is stopped; iapeer start ${personality} has it held under its new name`;
