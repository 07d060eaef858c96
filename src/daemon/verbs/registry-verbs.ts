// remove and rename: the registry changes only after the peer's sessions are certainly over.

import type { Context } from "../context.ts";
import type { Live } from "../live.ts";
import { refreshMembers } from "../members.ts";
import { endSession, stopPresence } from "./halt.ts";
import { isLive, presencesOfPeer } from "./presence.ts";
import { dropStale } from "../watches.ts";
import type { VerbAnswer, VerbRequest } from "../../core/api.ts";
import type { IapeerError } from "../../core/error.ts";
import type { Personality } from "../../core/names.ts";
import { purgeIdentity } from "../../flows/peers/purge.ts";
import { renamePeer } from "../../flows/peers/rename.ts";
import { unregisterPeer } from "../../flows/peers/unregister.ts";

const errorAnswer = (live: Live, error: IapeerError): VerbAnswer => ({
  result: "failed",
  identity: live.identity,
  cause: error.code,
  detail: error.message,
  ...(error.next === undefined ? {} : { next: error.next }),
});

/**
 * Stop flag, teardown, registry, then everything kept under the identity: a removal that is cut
 * off leaves a stopped peer, and running it again completes it.
 */
export async function remove(context: Context, personality: Personality): Promise<VerbAnswer> {
  const lives = presencesOfPeer(context, personality);
  const [first] = lives;
  if (first === undefined) return missing(personality);
  const failed = await endAll(context, lives);
  const gone = failed === null ? await unregisterPeer(context.host, personality) : null;
  if (gone?.ok !== true) {
    for (const live of lives) live.leaving = false;
    return gone === null ? (failed ?? missing(personality)) : errorAnswer(first, gone.error);
  }
  const purged: string[] = [];
  for (const live of lives) {
    await context.lanes.run(live.identity, () => {
      purged.push(...purgeIdentity(context.host, live.identity));
      forget(context, live);
      return Promise.resolve();
    });
  }
  refreshMembers(context);
  const { entry, warnings } = gone.value;
  const lines = [`removed; purged ${purged.length} artefacts`, ...purged, ...warnings];
  return {
    result: "done",
    identity: first.identity,
    detail: [...lines, `its folder stays: ${entry.cwd}`].join("\n"),
  };
}

/** Null: nothing of the peer runs, and nothing of it will be started. */
async function endAll(context: Context, lives: readonly Live[]): Promise<VerbAnswer | null> {
  for (const live of lives) live.leaving = true;
  for (const live of lives) {
    const stopped = await stopPresence(context, live);
    if (stopped.result !== "done") return stopped;
    const ended = await context.lanes.run(live.identity, () => endSession(context, live, "remove"));
    if (ended !== null) return ended;
  }
  return null;
}

/** Whoever still holds this object launches nothing with it. */
function forget(context: Context, live: Live): void {
  live.presence = null;
  live.start = null;
  live.canary = null;
  dropStale(context.watches, live);
  live.cancelTimer?.();
  context.lives.delete(live.identity);
}

export async function rename(
  context: Context,
  personality: Personality,
  request: VerbRequest,
): Promise<VerbAnswer> {
  const lives = presencesOfPeer(context, personality);
  const [first] = lives;
  if (first === undefined) return missing(personality);
  const up = lives.find((live) => isLive(context, live) || live.unsure);
  if (up !== undefined) {
    return {
      result: "refused",
      identity: up.identity,
      cause: "alive",
      detail: `${up.identity} is running, or may be; a live session keeps its name`,
      next: `iapeer stop ${personality}`,
    };
  }
  const { to = "", cwd } = request;
  const renamed = await renamePeer(context.host, {
    from: personality,
    to,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (!renamed.ok) return errorAnswer(first, renamed.error);
  for (const live of lives) forget(context, live);
  refreshMembers(context);
  const { entry, movedFrom, warnings } = renamed.value;
  const moved = movedFrom === null ? [] : [`its folder moved to ${entry.cwd}`];
  const detail = [`renamed to ${entry.personality}`, ...moved, ...warnings].join("\n");
  return { result: "done", identity: first.identity, detail };
}

const missing = (personality: Personality): VerbAnswer => ({
  result: "refused",
  identity: personality as unknown as Live["identity"],
  cause: "unknown-peer",
  detail: `there is no peer ${personality}`,
  next: "iapeer list",
});
