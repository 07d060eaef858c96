// At start (lifecycle §5): every generation that an earlier supervisor left open is adopted,
// completed or ended, so that each has exactly one end record and no server runs unwatched.

import type { Context } from "./context.ts";
import { expectLine } from "./exit-lines.ts";
import { pruneLives } from "./housekeeping.ts";
import { refreshLive, type Live } from "./live.ts";
import { partLiveness } from "./observe.ts";
import { clearOrphan } from "./orphan.ts";
import { finishStart } from "./unfinished.ts";
import { isDeath, type EndRecord } from "../core/generation.ts";
import type { GenerationId } from "../core/names.ts";
import { lifeOf } from "../flows/session/life.ts";
import {
  listGenerations,
  pathsOf,
  readStart,
  readStoredStart,
  writeStart,
  type GenerationRef,
} from "../flows/session/records.ts";
import { rescueStart } from "../flows/session/rescue-start.ts";
import { endLeftovers } from "../flows/session/teardown.ts";
import { recordUnwitnessed } from "../flows/settle.ts";
import { changeDoc } from "../flows/storage/identity-doc.ts";
import { wallMs } from "../core/brand.ts";

/**
 * Ends of an identity whose lines in exits.log are looked for at start: more than a back-off lets
 * happen within one tick, before which an earlier supervisor may have been killed.
 */
const LINES_LOOKED_FOR = 12;

/** Runs in the identity's lane. */
export async function reconcile(context: Context, live: Live): Promise<void> {
  const { host } = context;
  const generations = listGenerations(host, live.identity);
  for (const generation of generations) {
    const ref = { identity: live.identity, generation };
    if (host.files.stat(pathsOf(host, ref).end).state === "ok") continue;
    await completeStart(context, ref);
    if (generation !== live.doc.generation) await endStray(context, live, generation);
  }
  for (const generation of generations.slice(-LINES_LOOKED_FOR)) {
    expectLine(context, { identity: live.identity, generation });
  }
  await clearOrphan(context, live);
  pruneLives(host, live, generations);
  // What looked dead for want of a record may have been given one above.
  live.deadAtMono.clear();
  refreshLive(host, live);
  live.foundDead = live.start !== null && partLiveness(host, live, "server") === "dead";
  // Deaths from before we came are told of by their records.
  if (live.foundDead) live.mourned = live.doc.generation;
}

/** Recorded by a witness while nobody supervised, and not accounted for yet. */
export function missedEnd({ doc, end }: Live): readonly EndRecord[] {
  if (end === null || end.generation === doc.settled || !isDeath(end)) return [];
  return end.cause === "host-reboot" ? [] : [end];
}

/** A launch whose launcher died. */
async function completeStart(context: Context, ref: GenerationRef): Promise<void> {
  const { host } = context;
  if ((await rescueStart(host, ref)) === "nobody") {
    const life = { ...ref, start: null };
    if (!recordUnwitnessed(host, { ...life, cause: "unwitnessed" }).ok) {
      context.unrecorded.set(ref.generation, life);
    }
  }
  const start = readStart(host, ref);
  if (start === null || start.bootId !== host.processes.bootId()) return;
  // A canary reads the record alone.
  const isNoted = start.server !== undefined && readStoredStart(host, ref)?.server === undefined;
  if (isNoted) writeStart(host, start);
  if (start.server === undefined || start.pane === undefined) await finishStart(context, start);
}

/**
 * A generation that its document does not name. A living one becomes the document's own, since
 * a life must not be lost sight of; a dead one gets its record, and what ignored its end is ended.
 */
async function endStray(context: Context, live: Live, generation: GenerationId): Promise<void> {
  const { host } = context;
  const ref = { identity: live.identity, generation };
  const life = lifeOf(host, ref, readStart(host, ref));
  if (life.server === "alive") {
    changeDoc(host, live.identity, (doc) => ({ ...doc, generation }));
    refreshLive(host, live);
    return;
  }
  const { start } = life;
  if (life.server === "unknown") {
    context.unrecorded.set(generation, { ...ref, start, unsure: true });
    return;
  }
  const rebooted = start !== null && start.bootId !== host.processes.bootId();
  const never = start?.server === undefined;
  const { lastSeenWall } = context.state;
  const recorded = recordUnwitnessed(host, {
    ...ref,
    start,
    cause: rebooted ? "host-reboot" : never ? "launch-failed" : "unwitnessed",
    ...(lastSeenWall === null ? {} : { since: wallMs(lastSeenWall) }),
  });
  if (!recorded.ok) context.unrecorded.set(generation, { ...ref, start });
  if (start !== null) await endLeftovers(host, start);
}
