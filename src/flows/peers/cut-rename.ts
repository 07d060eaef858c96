// A rename that was cut off (storage contract): the document is under one name, and the lives that
// it speaks of are under another. Each life is in one place, so where it is tells who it is.

import type { GenerationId, Identity } from "../../core/names.ts";
import { identitiesOf, type Registry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import { splitIdentity } from "../../rules/names.ts";
import { listGenerations } from "../session/records.ts";
import { peekDoc } from "../storage/identity-doc.ts";
import { listNames } from "../storage/list-names.ts";
import { rebuildRegistry } from "../storage/rebuild.ts";
import { readRegistry } from "../storage/registry.ts";
import { carryHistory, purgeCarried, type Carried } from "./carry.ts";

export interface CutRenames {
  /** The registry has the new name already: what is under the old one follows. */
  readonly toCarry: readonly Carried[];
  /** A document that speaks of another's lives, of a name that nobody has. */
  readonly leftBehind: readonly Identity[];
}

/** Only reads. */
export function cutRenames(host: Host, registry: Registry): CutRenames {
  const registered = new Set(identitiesOf(registry.peers));
  const toCarry: Carried[] = [];
  const leftBehind: Identity[] = [];
  for (const to of documented(host)) {
    const from = whoHas(host, to);
    if (from === null) continue;
    const isEmpty = listGenerations(host, to).length === 0;
    if (!registered.has(to)) leftBehind.push(...(isEmpty ? [to] : []));
    else if (!registered.has(from)) toCarry.push({ from, to });
  }
  return { toCarry, leftBehind };
}

/**
 * Before anything is recorded, launched or purged: what looks lost under one name would be given
 * another end. Whoever calls supervises the root, or has its registry locked.
 */
export function finishRenames(host: Host): readonly Carried[] {
  const registry = knownRegistry(host);
  if (registry === null) return [];
  const { toCarry, leftBehind } = cutRenames(host, registry);
  for (const identity of leftBehind) purgeCarried(host, identity);
  for (const detail of carryHistory(host, toCarry)) {
    host.log.write("lifecycle", { ev: "rename-unfinished", fields: { detail } });
  }
  const names = toCarry.map((pair) => [nameOf(pair.from), nameOf(pair.to)] as const);
  for (const [from, to] of new Map(names)) {
    host.log.write("lifecycle", { ev: "renamed", fields: { from, to } });
  }
  return toCarry;
}

/** What a lost one will be rebuilt to: the same power cut may have taken it. */
function knownRegistry(host: Host): Registry | null {
  const read = readRegistry(host);
  if (read.state === "ok") return read.registry;
  if (read.state === "failed") return null;
  return rebuildRegistry(host, read.state === "corrupt" ? read.text : null).registry;
}

const nameOf = (identity: Identity): string => splitIdentity(identity)?.personality ?? identity;

const documented = (host: Host): readonly Identity[] =>
  listNames(host, host.layout.identityDocsDir).flatMap(
    (name) => splitIdentity(name.replace(/\.json$/, ""))?.identity ?? [],
  );

/** Another identity that has the life which this one's document names; null: nobody else has. */
function whoHas(host: Host, identity: Identity): Identity | null {
  const read = peekDoc(host, identity);
  const generation = read.state === "ok" ? read.doc.generation : null;
  if (generation === null || has(host, identity, generation)) return null;
  const holders = listNames(host, host.layout.sessionsDir).filter((name) =>
    has(host, name as Identity, generation),
  );
  return (holders[0] ?? null) as Identity | null;
}

const has = (host: Host, identity: Identity, generation: GenerationId): boolean =>
  host.files.stat(host.layout.generation(identity, generation).dir).state === "ok";
