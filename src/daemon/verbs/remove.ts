// remove: the registry changes only after the peer's sessions are certainly over.

import type { Context } from "../context.ts";
import { payRecord } from "../end-life.ts";
import { keepUnlined } from "../exit-lines.ts";
import type { Live } from "../live.ts";
import { refreshMembers } from "../members.ts";
import { errorAnswer, rootLost, unknownPeer, type Unmet } from "./answers.ts";
import { askerOf } from "./asked.ts";
import { endSession, stopPresence } from "./halt.ts";
import { foreign, isHeld, releaseHeld } from "./held.ts";
import { presencesOfPeer } from "./presence.ts";
import { dropStale } from "../watches.ts";
import type { VerbAnswer, VerbRequest } from "../../core/api.ts";
import { emptyIdentityDoc } from "../../core/identity-doc.ts";
import type { Personality } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { findPeer } from "../../flows/peers/find.ts";
import { forgetFolder } from "../../flows/peers/known-folder.ts";
import { takeEnvBack } from "../../flows/peers/given-env.ts";
import { identityArtefacts, purgeIdentity } from "../../flows/peers/purge.ts";
import { accountOf, purgedBy, staying } from "../../flows/peers/removal.ts";
import { unregisterPeer } from "../../flows/peers/unregister.ts";
import { forgetJob, jobFiles } from "../../flows/service/peer-jobs.ts";
import { unprovisionRemoved } from "../../flows/provision/account.ts";
import { lifeOf } from "../../flows/session/life.ts";
import { listGenerations, readStart } from "../../flows/session/records.ts";
import { ensureRecord } from "../../flows/settle.ts";

/**
 * Stop flag, teardown, registry, the memory provider, then everything kept under the identity: a
 * removal that is cut off before the registry leaves a stopped peer, and running it again
 * completes it; whatever a later one leaves is cleared when the name is given again.
 */
export async function remove(
  context: Context,
  personality: Personality,
  request: VerbRequest = {},
): Promise<VerbAnswer> {
  const lives = presencesOfPeer(context, personality);
  const [first] = lives;
  if (first === undefined) return unknownPeer(personality);
  const stranger = foreign(context, first);
  if (stranger !== null) return removeForeign(context, first, { stranger, request });
  // What the end and the stop flag itself leave on the way was never kept of it.
  const identities = lives.map(({ identity }) => identity);
  const before = [
    ...jobFiles(context.host, personality),
    ...identities.flatMap((identity) => identityArtefacts(context.host, identity)),
  ];
  const failed = await endAll(context, lives, askerOf(request));
  const gone = failed === null ? await unregisterPeer(context.host, personality) : null;
  if (gone?.ok !== true) {
    for (const live of lives) live.leaving = null;
    return gone === null ? (failed ?? unknownPeer(personality)) : errorAnswer(first, gone.error);
  }
  const { entry } = gone.value;
  const told = await context.lanes.run(first.identity, () => takeLeave(context, entry));
  const found = await purge(context, personality, lives);
  const env = await takeEnvBack(context.host, entry.cwd);
  refreshMembers(context);
  const docs = identities.map((identity) => context.host.layout.identityDoc(identity));
  const removal = { before, found, docs, registry: gone.value, env };
  const purged = purgedBy(context.host, removal);
  const fields = { personality, cwd: entry.cwd, purged: purged.length };
  context.host.log.write("lifecycle", { ev: "removed", fields });
  const detail = [accountOf(purged), ...told, ...staying(context.host, removal)].join("\n");
  return { result: "done", identity: first.identity, detail };
}

/** Null: nothing of the peer runs, and nothing of it will be started. */
async function endAll(
  context: Context,
  lives: readonly Live[],
  askedBy: string,
): Promise<VerbAnswer | null> {
  const ending = { reason: "remove", askedBy } as const;
  for (const live of lives) live.leaving = "removed";
  const [first] = lives;
  if (first !== undefined && isHeld(context, first)) {
    const held = await releaseHeld(context, first, askedBy);
    if (held !== null) return held;
  }
  for (const live of lives) {
    const stopped = await stopPresence(context, live, ending);
    if (stopped.result !== "done") return stopped;
    const ended = await context.lanes.run(live.identity, () => endSession(context, live, ending));
    if (ended !== null) return ended;
  }
  // An end takes its time: in another's root by now, it would be a namesake that is removed.
  return first !== undefined && context.isLost() ? rootLost(first) : null;
}

/** What somebody else's plist or unit holds is left alone: only the registry forgets it. */
async function removeForeign(
  context: Context,
  live: Live,
  asked: { stranger: Unmet; request: VerbRequest },
): Promise<VerbAnswer> {
  if (asked.request.force !== true) {
    return { ...asked.stranger, next: `iapeer remove ${live.personality} --force` };
  }
  const gone = await unregisterPeer(context.host, live.personality);
  if (!gone.ok) return errorAnswer(live, gone.error);
  refreshMembers(context);
  const { personality } = live;
  const fields = { personality, cwd: gone.value.entry.cwd, purged: 0 };
  context.host.log.write("lifecycle", { ev: "removed", fields });
  const { profileMovedTo } = gone.value;
  const moved = profileMovedTo === null ? "" : `\nits profile is kept as ${profileMovedTo}`;
  const detail = `dropped from the registry; what runs, and all that is kept of it, stays${moved}`;
  return { result: "done", identity: live.identity, detail };
}

/** What others keep about the peer, while its state is still there; best effort, and told. */
async function takeLeave({ host, hurry }: Context, entry: RegistryEntry): Promise<string[]> {
  const memory = await unprovisionRemoved(host, entry, hurry.signal);
  const others = [...memory.warnings, ...(await forgetFolder(host, entry))];
  const isTold = memory.summary === null || memory.warnings.includes(memory.summary);
  const warnings = others.map((warning) => `warning: ${warning}`);
  return isTold ? warnings : [memory.summary, ...warnings];
}

/** A provider takes its time: a namesake created meanwhile began clean, and keeps what it has. */
async function purge(
  context: Context,
  personality: Personality,
  lives: readonly Live[],
): Promise<readonly string[]> {
  const purged: string[] = [];
  for (const live of lives) {
    await context.lanes.run(live.identity, () => {
      const isBack = findPeer(context.host, personality).ok;
      if (!isBack) {
        payRecord(context, live);
        recordEnds(context, live);
        purged.push(...purgeIdentity(context.host, live.identity));
      }
      forget(context, live);
      return Promise.resolve();
    });
  }
  // Also where its plist or unit was deleted by hand, and no manager holds it.
  if (!findPeer(context.host, personality).ok) forgetJob(context.host, personality);
  return purged;
}

/** One that has only just died may have no record yet: its witness would find its folder gone. */
function recordEnds(context: Context, { identity, doc, unseen }: Live): void {
  const { host } = context;
  for (const generation of listGenerations(host, identity)) {
    const ref = { identity, generation };
    const { start, server } = lifeOf(host, ref, readStart(host, ref));
    const isLatest = generation === doc.generation;
    const known = isLatest ? unseen : context.unrecorded.get(generation);
    if (server === "dead") ensureRecord(host, { ...known, ...ref, start });
    keepUnlined(context, ref);
  }
}

/**
 * Whoever still holds this object launches nothing with it. Who bears the name now, a namesake or
 * the same peer, is taken in anew, also where the registry's file has not changed since.
 */
export function forget(context: Context, live: Live): void {
  live.presence = null;
  live.doc = emptyIdentityDoc(live.identity);
  live.end = null;
  live.owed = null;
  live.start = null;
  live.canary = null;
  dropStale(context.watches, live);
  live.cancelTimer?.();
  context.lives.delete(live.identity);
  context.state.registryStamp = "";
}
