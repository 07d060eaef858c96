// All verbs. The parser, the help, the completion and docs/reference.md are rendered from here.

import { DAEMON_VERBS } from "./tree/daemon.ts";
import { HOST_VERBS } from "./tree/host.ts";
import { INSTALL_VERBS } from "./tree/install.ts";
import { LIFE_VERBS } from "./tree/life.ts";
import { MEMORY_VERBS } from "./tree/memory.ts";
import { PEER_VERBS } from "./tree/peers.ts";
import type { VerbSpec } from "./spec.ts";

export const VERBS: readonly VerbSpec[] = [
  ...PEER_VERBS,
  ...LIFE_VERBS,
  ...MEMORY_VERBS,
  ...DAEMON_VERBS,
  ...INSTALL_VERBS,
  ...HOST_VERBS,
];

/** The verb that stands for `iapeer claude`, `iapeer codex` and so on. */
export const FOLDER_LAUNCH = "<runtime>";

export type FoundVerb =
  | { readonly state: "verb"; readonly verb: VerbSpec; readonly words: number }
  /** A family's name without one of its verbs (`iapeer daemon`). */
  | { readonly state: "family"; readonly verbs: readonly VerbSpec[] }
  | { readonly state: "unknown" };

/** Finds the verb at the head of these words; `words` is how many of them name it. */
export function findVerb(first: string, second: string | undefined): FoundVerb {
  const family = VERBS.filter((verb) => verb.name.startsWith(`${first} `));
  if (family.length > 0) {
    const verb = family.find(({ name }) => name === `${first} ${second ?? ""}`);
    return verb === undefined
      ? { state: "family", verbs: family }
      : { state: "verb", verb, words: 2 };
  }
  const verb = VERBS.find(({ name }) => name === first && name !== FOLDER_LAUNCH);
  return verb === undefined ? { state: "unknown" } : { state: "verb", verb, words: 1 };
}
