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

/** claude's own rule: everything but letters and digits becomes a dash. */
export const folderName = (cwd: string): string => cwd.replace(/[^a-zA-Z0-9]/g, "-");
