// What has to be done before a peer can be launched or looked at, from what its latest launch left
// on record: `iapeer why` names it also after the daemon that saw the launch fail is gone.

import { resolve } from "node:path";
import { isUnstarted, type EndRecord, type StartRecord } from "../core/generation.ts";
import type { IdentityDoc } from "../core/identity-doc.ts";
import { peerLayout } from "../core/layout.ts";
import type { Presence } from "../core/profile.ts";
import type { Host } from "../ports/host.ts";
import { envFileOf, launchEnvFor } from "./doctrine.ts";
import { supply, type Lack } from "./next-step.ts";
import { isStartUnreadable, pathsOf } from "./session/records.ts";
import { peekDoc } from "./storage/identity-doc.ts";

export interface LatestLaunch {
  readonly start: StartRecord | null;
  readonly end: EndRecord | null;
  /** It came to nothing before it had a record. */
  readonly isUnprepared: boolean;
}

/** Null: nothing that can be told from here stands in the way of a launch. */
export function remedyFor(host: Host, presence: Presence, latest: LatestLaunch): string | null {
  if (latest.isUnprepared) return envRemedy(host, presence);
  const { start, end } = latest;
  if (end === null || !isUnstarted(end) || end.detail === undefined) return null;
  const lacks = lackIn(host.config.tmuxPath, end.detail, start);
  return lacks === null ? null : supply(host, presence, lacks);
}

/** How such a launch's detail begins (effects/descriptors.ts, as a test compares). */
const TOO_MANY_FILES = "too many open files ";

/** A launch that failed begins or ends its words with what was not there. */
export function lackIn(
  tmuxPath: string,
  detail: string,
  start: Pick<StartRecord, "argv" | "cwd"> | null,
): Lack | null {
  if (detail.startsWith(TOO_MANY_FILES)) return "descriptors";
  if (detail.startsWith(`${tmuxPath} `)) return "tmux";
  if (start === null) return null;
  if (detail.endsWith(`: ${start.cwd}`)) return "folder";
  const [name = ""] = start.argv;
  const names = [name, resolve(start.cwd, name)];
  if (names.some((each) => detail === `${each} is not executable`)) return "executable";
  if (names.some((each) => detail === `${each} is a folder`)) return "file";
  return names.some((each) => detail.startsWith(`${each} `)) ? "program" : null;
}

/** The same look as a launch's first. */
function envRemedy(host: Host, { peer, runtime }: Presence): string | null {
  const read = launchEnvFor(host, peer, runtime);
  if (read.ok) return null;
  const paths = peerLayout(peer.cwd);
  const declared = envFileOf(peer);
  const own = [...paths.runtimeFolders(runtime), paths.launchEnv(runtime)];
  const places = declared === null ? own : [declared, ...own];
  const place = places.find((path) => read.error.startsWith(`${path}: `));
  return place === undefined ? null : `put ${place} right`;
}

/** Where it is unknown whether it is alive: the record that cannot be read, if that is why. */
export function recordRemedy(
  host: Host,
  doc: IdentityDoc,
  isDocKnown: boolean,
): string | null {
  const { identity, generation } = doc;
  if (!isDocKnown) {
    const isGone = peekDoc(host, identity).state === "missing";
    return isGone ? null : `make ${host.layout.identityDoc(identity)} readable`;
  }
  if (generation === null) return null;
  const ref = { identity, generation };
  return isStartUnreadable(host, ref) ? `make ${pathsOf(host, ref).start} readable` : null;
}
