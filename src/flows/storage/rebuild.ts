// A lost or corrupt registry is rebuilt from the folders (storage contract): those that its
// text still names, those under `peers/`, and those that sessions were launched in.

import { isAbsolute } from "node:path";
import type { GenerationId, Identity } from "../../core/names.ts";
import type { Registry, RegistryEntry } from "../../core/profile.ts";
import { parseGenerationId } from "../../formats/generation-id.ts";
import type { Host } from "../../ports/host.ts";
import { listNames } from "./list-names.ts";
import { readProfile } from "./profile.ts";

export interface Rebuilt {
  readonly registry: Registry;
  /** One sentence for each folder that could not be taken over. */
  readonly notes: readonly string[];
}

/** `corruptText`: what was in the registry's file, or null when it is missing. */
export function rebuildRegistry(host: Host, corruptText: string | null): Rebuilt {
  const peers = new Map<string, RegistryEntry>();
  const notes: string[] = [];
  for (const cwd of candidateFolders(host, corruptText)) {
    const read = readProfile(host, cwd);
    if (read.state === "ok") {
      const entry: RegistryEntry = { ...read.profile, cwd };
      const other = peers.get(entry.personality);
      if (other === undefined) peers.set(entry.personality, entry);
      else notes.push(`${cwd} also says it is ${entry.personality}, as ${other.cwd} does`);
    } else if (read.state !== "missing") {
      notes.push(`the profile in ${cwd} cannot be used: ${read.detail}`);
    }
  }
  return { registry: { version: 1, peers: sortPeers([...peers.values()]) }, notes };
}

export const sortPeers = (peers: readonly RegistryEntry[]): RegistryEntry[] =>
  [...peers].sort((a, b) => (a.personality < b.personality ? -1 : 1));

/** In order of trust, each once. */
function candidateFolders(host: Host, corruptText: string | null): ReadonlySet<string> {
  const named = corruptText === null ? [] : foldersIn(corruptText);
  return new Set([...named, ...defaultFolders(host), ...launchFolders(host)]);
}

/** Folders under `peers/`, where a peer lives unless told otherwise. */
export function defaultFolders(host: Host): readonly string[] {
  return listNames(host, host.layout.peersDir).map((name) => `${host.layout.peersDir}/${name}`);
}

function launchFolders(host: Host): readonly string[] {
  return listNames(host, host.layout.sessionsDir).flatMap((name) => {
    const identity = name as Identity;
    const newest = newestGeneration(host, identity);
    if (newest === null) return [];
    const start = host.files.read(host.layout.generation(identity, newest).start);
    return start.state === "ok" ? foldersIn(start.text) : [];
  });
}

/** Names of generations sort by time, so the last one is the newest. */
export function newestGeneration(host: Host, identity: Identity): GenerationId | null {
  const names = listNames(host, host.layout.sessionDir(identity));
  const newest = names.findLast((name) => parseGenerationId(name) !== null);
  return newest === undefined ? null : (newest as GenerationId);
}

/** Reads as many `"cwd": "…"` as can be read, whatever else is wrong with the text. */
function foldersIn(text: string): readonly string[] {
  return [...text.matchAll(/"cwd"\s*:\s*("(?:[^"\\]|\\.)*")/g)].flatMap((match) => {
    const folder = unquote(match[1] ?? "");
    if (folder === null || !isAbsolute(folder) || folder.includes("\0")) return [];
    return [folder.replace(/(?<=.)\/+$/, "")];
  });
}

function unquote(literal: string): string | null {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === "string" ? value : null;
  } catch {
    // A literal that was damaged inside names no folder.
    return null;
  }
}
