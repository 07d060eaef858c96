// Where claude keeps its settings and transcripts, by the environment that a peer will have.

import type { RegistryEntry } from "../../core/profile.ts";
import { absoluteFrom, type RuntimeDeps, sessionHome, sessionVariable } from "../deps.ts";

export interface ClaudePlaces {
  /** Settings with the folders that are trusted. */
  readonly state: string;
  readonly projectsDir: string;
  /** Transcripts of this folder, and of any other whose path differs in punctuation only. */
  readonly transcriptsDir: string;
}

export function claudePlaces(
  deps: RuntimeDeps,
  peer: RegistryEntry,
  launchEnv: Readonly<Record<string, string>>,
): ClaudePlaces {
  const home = sessionHome(deps, launchEnv);
  const own = sessionVariable(deps, launchEnv, "CLAUDE_CONFIG_DIR");
  const config = own === undefined ? `${home}/.claude` : absoluteFrom(peer.cwd, own);
  return {
    state: own === undefined ? `${home}/.claude.json` : `${config}/.claude.json`,
    projectsDir: `${config}/projects`,
    transcriptsDir: `${config}/projects/${folderName(peer.cwd)}`,
  };
}

const NAME_MAX = 200;

/**
 * claude's own rule: everything but letters and digits becomes a dash; of a long name the beginning
 * stays, and a hash of the whole path tells it from others (claude 2.1.197).
 */
export function folderName(cwd: string): string {
  const name = cwd.replace(/[^a-zA-Z0-9]/g, "-");
  return name.length <= NAME_MAX ? name : `${name.slice(0, NAME_MAX)}-${hashOf(cwd)}`;
}

function hashOf(text: string): string {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) | 0;
  return Math.abs(hash).toString(36);
}
