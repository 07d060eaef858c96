// What a removal took away and what it left, as it is told (storage contract): the same paths that
// `remove --preview` names, whoever of the removal's parts took them.

import type { Host } from "../../ports/host.ts";
import type { EnvLeaving } from "./given-env.ts";
import type { UnregisterOutcome } from "./unregister.ts";

export interface Removal {
  /** What was kept under its identities before anything was ended. */
  readonly before: readonly string[];
  /** What was purged at the end. */
  readonly found: readonly string[];
  /** Its identities' documents: the removal itself writes one, with the stop flag. */
  readonly docs: readonly string[];
  readonly registry: UnregisterOutcome;
  readonly env: readonly EnvLeaving[];
}

/** Paths of all that was kept of it and is not there any more. */
export function purgedBy({ files }: Host, removal: Removal): readonly string[] {
  const { before, found, docs, registry, env } = removal;
  const since = found.filter((path) => !docs.includes(path));
  const kept = [...new Set([...before, ...since])];
  return [
    ...kept.filter((path) => files.stat(path).state === "missing"),
    ...registry.dropped,
    ...env.filter(({ how }) => how === "gone").map(({ path }) => path),
  ];
}

export function accountOf(purged: readonly string[]): string {
  if (purged.length === 0) return "removed; nothing was kept under its name";
  const count = `${purged.length} ${purged.length === 1 ? "artefact" : "artefacts"}`;
  return [`removed; purged ${count}`, ...purged].join("\n");
}

/** What is left in its folder: whoever is created there meets it. */
export function staying({ files }: Host, { registry, env }: Removal): readonly string[] {
  const { entry, profileMovedTo, warnings } = registry;
  const own = env.flatMap(({ how, path }) => {
    if (how === "shortened") return [`took out of ${path} what create --env had added`];
    return how === "kept" ? [`${path} stays too, and a peer created there uses it`] : [];
  });
  const moved = profileMovedTo === null ? [] : [`its profile is kept as ${profileMovedTo}`];
  const isGone = files.statTarget(entry.cwd).state === "missing";
  const folder = isGone ? `its folder was gone: ${entry.cwd}` : `its folder stays: ${entry.cwd}`;
  return [...warnings, folder, ...moved, ...own];
}
