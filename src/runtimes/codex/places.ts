// Where codex keeps its configuration and conversations, by the environment of a peer.

import type { RegistryEntry } from "../../core/profile.ts";
import { absoluteFrom, type RuntimeDeps, sessionHome, sessionVariable } from "../deps.ts";

export interface CodexPlaces {
  readonly home: string;
  /** By `CODEX_HOME`, whose folder has to be there: codex makes only its usual one itself. */
  readonly isGiven: boolean;
  readonly config: string;
  readonly sessionsDir: string;
}

export function codexPlaces(
  deps: RuntimeDeps,
  peer: RegistryEntry,
  launchEnv: Readonly<Record<string, string>>,
): CodexPlaces {
  const own = sessionVariable(deps, launchEnv, "CODEX_HOME");
  const home =
    own === undefined ? `${sessionHome(deps, launchEnv)}/.codex` : absoluteFrom(peer.cwd, own);
  return {
    home,
    isGiven: own !== undefined,
    config: `${home}/config.toml`,
    sessionsDir: `${home}/sessions`,
  };
}
