// rename: in the lanes of both names' presences, so that nothing of either is launched, ended or
// recorded while what is kept about the peer moves.

import type { Context } from "../context.ts";
import { inherit } from "../decision-log.ts";
import { payRecord } from "../end-life.ts";
import { refreshLive, type Live } from "../live.ts";
import { adopt, refreshMembers } from "../members.ts";
import { reconcile } from "../reconcile.ts";
import { settleEnd } from "../supervise.ts";
import { armLife } from "../watches.ts";
import { errorAnswer, refused, rootLost, unknownPeer } from "./answers.ts";
import { holdAgain, isHeld, renamedHeld } from "./held.ts";
import { isLive } from "../living.ts";
import { presencesOfPeer } from "./presence.ts";
import { forget } from "./remove.ts";
import type { VerbAnswer, VerbRequest } from "../../core/api.ts";
import { identityOf, type Identity, type Personality } from "../../core/names.ts";
import { findPeer } from "../../flows/peers/find.ts";
import { renamePeer } from "../../flows/peers/rename.ts";
import { renamedWarnings } from "../../flows/provision/account.ts";

const UNCHANGED = { result: "done", detail: "that is its name already" } as const;

interface Renaming {
  readonly personality: Personality;
  readonly to: Personality;
  readonly cwd?: string;
}

export async function rename(
  context: Context,
  personality: Personality,
  { to = "", cwd }: VerbRequest,
): Promise<VerbAnswer> {
  const [first, ...others] = presencesOfPeer(context, personality);
  if (first === undefined) return unknownPeer(personality);
  if (to === personality && cwd === undefined) return { ...UNCHANGED, identity: first.identity };
  const asked = { personality, to: to as Personality, ...(cwd === undefined ? {} : { cwd }) };
  const names = [first, ...others].flatMap(({ identity, runtime }) => [
    identity,
    identityOf(runtime, asked.to),
  ]);
  // Always in the same order: of two renames at once neither waits for the other for ever.
  const lanes = [...new Set(names)].toSorted();
  const answer = await inLanes(context, lanes, async () => {
    const lives = presencesOfPeer(context, personality);
    const isMissed = lives.some(({ identity }) => !lanes.includes(identity));
    return isMissed ? null : renameHere(context, lives, asked);
  });
  return answer ?? rename(context, personality, asked);
}

function inLanes<T>(
  context: Context,
  [first, ...others]: readonly Identity[],
  work: () => Promise<T>,
): Promise<T> {
  if (first === undefined) return work();
  return context.lanes.run(first, () => inLanes(context, others, work));
}

async function renameHere(
  context: Context,
  lives: readonly Live[],
  asked: Renaming,
): Promise<VerbAnswer> {
  const [first] = lives;
  if (first === undefined) return unknownPeer(asked.personality);
  if (context.isLost()) return rootLost(first);
  // Its removal has begun, and goes on.
  if (lives.some(({ leaving }) => leaving !== null)) return unknownPeer(asked.personality);
  const against = await refusal(context, lives);
  if (against !== null) return against;
  for (const live of lives) live.leaving = "renamed";
  try {
    return await renameAtRest(context, first, { lives, asked });
  } finally {
    // Those that are forgotten stay so: whoever still waits for one is told.
    for (const live of lives) if (context.lives.get(live.identity) === live) live.leaving = null;
    for (const live of [...lives, ...heirsOf(context, lives, asked.to)]) {
      context.enqueue(live.identity);
    }
  }
}

/** Null: all of it is certainly over, and every end is on record and accounted for. */
async function refusal(context: Context, lives: readonly Live[]): Promise<VerbAnswer | null> {
  for (const live of lives) {
    refreshLive(context.host, live);
    if (!isLive(context, live)) await settleEnd(context, live, { leaveDown: true });
    refreshLive(context.host, live);
    payRecord(context, live);
  }
  const open = lives.find((live) => isOpen(context, live));
  if (open === undefined) return null;
  return refused(open, "alive", [
    `${open.identity} is running, or may be; a live session keeps its name`,
    `iapeer stop ${open.personality}`,
  ]);
}

const isOpen = (context: Context, live: Live): boolean =>
  isLive(context, live) || live.unsure || !live.docKnown || live.owed !== null;

async function renameAtRest(
  context: Context,
  first: Live,
  { lives, asked }: { readonly lives: readonly Live[]; readonly asked: Renaming },
): Promise<VerbAnswer> {
  const { host } = context;
  const { personality, to, cwd } = asked;
  const wasHeld = isHeld(context, first);
  const held = await renamedHeld(context, first);
  if (held !== null) return held;
  const where = cwd === undefined ? {} : { cwd };
  const renamed = await renamePeer(host, { from: personality, to, ...where });
  // Only its folder may have stayed: the name counts, and is what the daemon has to know.
  if (!renamed.ok && renamed.error.code !== "folder-not-moved") {
    const peer = first.presence?.peer;
    if (wasHeld && peer !== undefined) await holdAgain(context, peer);
    return errorAnswer(first, renamed.error);
  }
  for (const live of lives) forget(context, live);
  refreshMembers(context);
  if (to !== personality) {
    host.log.write("lifecycle", { ev: "renamed", fields: { from: personality, to } });
  }
  await takeOver(context, lives, to);
  if (!renamed.ok) {
    const left = findPeer(host, to);
    if (left.ok) await holdAgain(context, left.value);
    return errorAnswer(first, renamed.error);
  }
  const { entry, movedFrom, warnings } = renamed.value;
  const moved = movedFrom === null ? [] : [`its folder moved to ${entry.cwd}`];
  const again = await holdAgain(context, entry);
  const memory = renamedWarnings(host, entry).map((warning) => `warning: ${warning}`);
  const lines = [`renamed to ${entry.personality}`, ...moved, ...warnings, ...memory, ...again];
  return { result: "done", identity: first.identity, detail: lines.join("\n") };
}

/** The presences of the same runtimes under the new name, as at a daemon's start. */
async function takeOver(context: Context, lives: readonly Live[], to: Personality): Promise<void> {
  const { host } = context;
  for (const heir of heirsOf(context, lives, to)) {
    if (!host.manager.manages(heir.personality)) await reconcile(context, heir);
    adopt(host, heir);
    armLife(context.watches, heir);
    const past = lives.find(({ runtime }) => runtime === heir.runtime);
    if (past === undefined) continue;
    inherit(host, heir, { decisions: past.decisions, from: past.personality });
    heir.lastDecision = past.lastDecision;
  }
}

const heirsOf = (context: Context, lives: readonly Live[], to: Personality): readonly Live[] =>
  lives.flatMap(({ runtime }) => context.lives.get(identityOf(runtime, to)) ?? []);
