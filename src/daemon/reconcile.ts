// At start (lifecycle §5): every generation that an earlier supervisor left open is adopted,
// completed or ended, so that each has exactly one end record and no server runs unwatched.

import type { Context, Unrecorded } from "./context.ts";
import { expectLine } from "./exit-lines.ts";
import { pruneLives } from "./housekeeping.ts";
import { refreshLive, type Live } from "./live.ts";
import { partLiveness } from "./observe.ts";
import { clearOrphan } from "./orphan.ts";
import { finishStart, rescueLife } from "./unfinished.ts";
import { unseenOf } from "./unseen.ts";
import { wallMs, type WallMs } from "../core/brand.ts";
import { isDeath, type EndRecord } from "../core/generation.ts";
import type { GenerationId } from "../core/names.ts";
import { mayLive } from "../flows/session/hidden-life.ts";
import { isOfThisBoot, lifeOf, livenessOf } from "../flows/session/life.ts";
import {
  listGenerations,
  pathsOf,
  readEnd,
  readStart,
  readStoredStart,
  writeStart,
  type GenerationRef,
} from "../flows/session/records.ts";
import { endLeftovers } from "../flows/session/teardown.ts";
import { recordUnwitnessed, unwitnessedCause } from "../flows/settle.ts";
import { changeDoc } from "../flows/storage/identity-doc.ts";
import { setAside } from "../flows/storage/own-file.ts";
import { parseGenerationId } from "../formats/generation-id.ts";
import type { Host } from "../ports/host.ts";

/**
 * Ends of an identity whose lines in exits.log are looked for at start: more than a back-off lets
 * happen within one tick, before which an earlier supervisor may have been killed.
 */
const LINES_LOOKED_FOR = 12;

/** Runs in the identity's lane. */
export async function reconcile(context: Context, live: Live): Promise<void> {
  const { host } = context;
  const generations = listGenerations(host, live.identity);
  for (const [index, generation] of generations.entries()) {
    const ref = { identity: live.identity, generation };
    if (host.files.stat(pathsOf(host, ref).end).state === "ok") continue;
    await completeStart(context, ref);
    const next = generations[index + 1] ?? null;
    if (generation !== live.doc.generation) await endStray(context, live, { generation, next });
  }
  for (const generation of generations.slice(-LINES_LOOKED_FOR)) {
    expectLine(context, { identity: live.identity, generation });
  }
  mendEnd(host, live);
  await clearOrphan(context, live);
  pruneLives(host, live, generations);
  // What looked dead for want of a record may have been given one above.
  live.deadAtMono.clear();
  refreshLive(host, live);
  const { start } = live;
  if (start === null) return;
  const [server, pane] = [partLiveness(host, live, "server"), partLiveness(host, live, "pane")];
  if (server === "dead" || pane === "dead") live.unseen = unseenOf(context, start);
  // Deaths from before we came are told of by their records.
  if (server === "dead") live.mourned = live.doc.generation;
}

/**
 * An end of the latest life that can no longer be read, as after a power cut, is set aside: what
 * is certainly dead has its record again, and of what lives there may be none.
 */
function mendEnd(host: Host, live: Live): void {
  const { identity } = live;
  const { generation } = live.doc;
  if (generation === null) return;
  const ref = { identity, generation };
  const read = readEnd(host, ref);
  if (read.state !== "corrupt") return;
  const start = readStart(host, ref);
  const isHidden = start === null && mayLive(host, ref);
  const server = livenessOf(host, start, "server");
  if (server === "unknown" || isHidden) return;
  const path = pathsOf(host, ref).end;
  const aside = setAside(host, path, "corrupt");
  if (aside.state === "failed") return;
  const fields = { identity, file: path, detail: read.detail, moved_to: aside.path };
  host.log.write("lifecycle", { ev: "file-corrupt", fields });
  if (server === "alive") return;
  const rebooted = start !== null && !isOfThisBoot(host, start);
  const cause = rebooted ? "host-reboot" : "unwitnessed";
  recordUnwitnessed(host, { ...ref, start, cause });
}

/** Recorded by a witness while nobody supervised, and not accounted for yet. */
export function missedEnd({ doc, end }: Live): readonly EndRecord[] {
  if (end === null || end.generation === doc.settled || !isDeath(end)) return [];
  return end.cause === "host-reboot" ? [] : [end];
}

/** A launch whose launcher died. */
async function completeStart(context: Context, ref: GenerationRef): Promise<void> {
  const { host } = context;
  await rescueLife(context, ref);
  const start = readStart(host, ref);
  if (start === null || !isOfThisBoot(host, start)) return;
  // A canary reads the record alone.
  const isNoted = start.server !== undefined && readStoredStart(host, ref)?.server === undefined;
  if (isNoted) writeStart(host, start);
  if (start.server === undefined || start.pane === undefined) await finishStart(context, start);
}

interface Stray {
  readonly generation: GenerationId;
  /** Null: none came after it. */
  readonly next: GenerationId | null;
}

/** By then it was accounted for, and its successor begun. */
function overBefore(next: GenerationId | null, now: WallMs): Pick<Unrecorded, "overWall"> {
  const begun = next === null ? null : parseGenerationId(next);
  return begun === null ? {} : { overWall: wallMs(Math.min(begun.wall, now)) };
}

/**
 * A generation that its document does not name. A living one becomes the document's own, since
 * a life must not be lost sight of; a dead one gets its record, and what ignored its end is ended.
 */
async function endStray(context: Context, live: Live, stray: Stray): Promise<void> {
  const { host } = context;
  const { generation, next } = stray;
  const ref = { identity: live.identity, generation };
  const life = lifeOf(host, ref, readStart(host, ref));
  if (life.server === "alive") {
    changeDoc(host, live.identity, (doc) => ({ ...doc, generation }));
    refreshLive(host, live);
    return;
  }
  const { start } = life;
  const since = start === null ? {} : { since: unseenOf(context, start).since };
  const over = { ...ref, start, ...since, ...overBefore(next, host.clock.wall()) };
  if (life.server === "unknown") {
    context.unrecorded.set(generation, { ...over, unsure: true });
    return;
  }
  const recorded = recordUnwitnessed(host, { ...over, cause: unwitnessedCause(host, over) });
  if (!recorded.ok) context.unrecorded.set(generation, over);
  if (start !== null) await endLeftovers(host, start, since);
}
