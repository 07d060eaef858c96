// `state/iapeer/peers/<identity>.json` (storage contract), read for every peer at every start.

import type { WallMs } from "../core/brand.ts";
import {
  DEATH_RING_MAX,
  type IdentityDoc,
  type RestartState,
  TOPICS_MAX,
} from "../core/identity-doc.ts";
import type { GenerationId, Identity } from "../core/names.ts";
import { err, type Result } from "../core/result.ts";
import { Fields, parseJsonObject, show } from "./fields.ts";
import { GENERATION } from "./name-checks.ts";

/**
 * A field added after version 1 was first written may be missing, and is then empty; `stopped`
 * may not, since a lost halt would wake a peer against the operator's word. Rings that are too
 * long keep their newest entries.
 */
export function parseIdentityDoc(text: string, identity: Identity): Result<IdentityDoc> {
  const source = parseJsonObject(text);
  if (!source.ok) return source;
  const fields = new Fields(source.value);
  if (source.value["identity"] !== identity) {
    return err(`identity: expected "${identity}", found ${show(source.value["identity"])}`);
  }
  const unlaunched = fields.textIf("unlaunched");
  const gaveUp = fields.has("gaveUpWall") ? { gaveUpWall: fields.wall("gaveUpWall") } : {};
  return fields.done<IdentityDoc>({
    version: fields.version(1),
    identity,
    stopped: fields.boolean("stopped"),
    parked: fields.boolean("parked", false),
    freshNext: fields.boolean("freshNext", false),
    newEager: fields.boolean("newEager", false),
    ephemeralArmed: fields.boolean("ephemeralArmed", false),
    deaths: deathsOf(fields),
    topics: topicsOf(fields),
    generation: generationOf(fields, "generation"),
    settled: generationOf(fields, "settled"),
    restart: restartOf(fields),
    ...(fields.boolean("neverLived", false) ? { neverLived: true } : {}),
    ...(unlaunched === undefined ? {} : { unlaunched }),
    ...gaveUp,
  });
}

/** One line of JSON. */
export function renderIdentityDoc(doc: IdentityDoc): string {
  const { attempts, notBeforeWall } = doc.restart;
  const ordered: IdentityDoc = {
    version: 1,
    identity: doc.identity,
    stopped: doc.stopped,
    parked: doc.parked,
    freshNext: doc.freshNext,
    newEager: doc.newEager,
    ephemeralArmed: doc.ephemeralArmed,
    deaths: doc.deaths.slice(-DEATH_RING_MAX),
    topics: doc.topics.slice(-TOPICS_MAX),
    generation: doc.generation,
    settled: doc.settled,
    restart: { attempts, notBeforeWall },
    ...(doc.neverLived === true ? { neverLived: true } : {}),
    ...(doc.unlaunched === undefined ? {} : { unlaunched: doc.unlaunched }),
    ...(doc.gaveUpWall === undefined ? {} : { gaveUpWall: doc.gaveUpWall }),
  };
  return `${JSON.stringify(ordered)}\n`;
}

function deathsOf(fields: Fields): WallMs[] {
  if (!fields.has("deaths")) return [];
  return fields.list("deaths", (item, key) => fields.wallAt(key, item)).slice(-DEATH_RING_MAX);
}

function topicsOf(fields: Fields): string[] {
  if (!fields.has("topics")) return [];
  return fields.list("topics", (item, key) => fields.textAt(key, item)).slice(-TOPICS_MAX);
}

function generationOf(fields: Fields, key: "generation" | "settled"): GenerationId | null {
  const found = fields.source[key] ?? null;
  return found === null ? null : fields.text(key, GENERATION);
}

function restartOf(fields: Fields): RestartState {
  if (!fields.has("restart")) return { attempts: 0, notBeforeWall: null };
  return fields.object("restart", (restart) => {
    const pending = restart.source["notBeforeWall"] ?? null;
    return {
      attempts: restart.whole("attempts"),
      notBeforeWall: pending === null ? null : restart.wall("notBeforeWall"),
    };
  });
}
