// What is remembered about a peer follows it to its new name (storage contract): the documents
// before the registry changes, so that no stop flag is ever lost, the history after it.

import { dirname } from "node:path";
import { IapeerError } from "../../core/error.ts";
import { identityOf, type Identity, type Personality } from "../../core/names.ts";
import type { Profile } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { listGenerations } from "../session/records.ts";
import { changeDoc, readDoc } from "../storage/identity-doc.ts";
import { clearLeftovers, identityArtefacts, purgeIdentity, sessionLiveness } from "./purge.ts";

export interface Carried {
  readonly from: Identity;
  readonly to: Identity;
}

export const carriedOf = (profile: Profile, from: Personality, to: Personality): Carried[] =>
  profile.runtimes.map((runtime) => ({
    from: identityOf(runtime, from),
    to: identityOf(runtime, to),
  }));

/** Copies the documents; refuses while a session of either name may still be running. */
export function carryDocs(host: Host, pairs: readonly Carried[]): Result<void, IapeerError> {
  for (const { from, to } of pairs) {
    if (sessionLiveness(host, from) !== "dead") return err(stillRunning(from));
    const cleared = clearLeftovers(host, to);
    if (!cleared.ok) return cleared;
  }
  for (const { from, to } of pairs) {
    const read = readDoc(host, from);
    if (read.state === "failed") return err(notCarried(from, read.detail));
    if (read.state === "missing") continue;
    const written = changeDoc(host, to, () => ({ ...read.doc, identity: to }));
    if (written.state === "failed") return err(notCarried(from, written.detail));
  }
  return ok(undefined);
}

/**
 * Moves pane logs and then sessions' records, by which a rename that was cut off is known, and
 * purges what is left of the old name. The records keep the identity under which they were made.
 * Answers with sentences about what went wrong.
 */
export function carryHistory(host: Host, pairs: readonly Carried[]): readonly string[] {
  const { layout } = host;
  return pairs.flatMap(({ from, to }) => {
    const logs = identityArtefacts(host, from)
      .filter((path) => path.startsWith(layout.paneLog(from)))
      .map((path) => [path, layout.paneLog(to) + path.slice(layout.paneLog(from).length)] as const);
    const moves = [...logs, ...livesOf(host, { from, to })];
    const warnings = moves.flatMap(([source, target]) => move(host, source, target));
    if (warnings.length === 0) purgeCarried(host, from);
    return warnings;
  });
}

/** In one step, or each by itself where there are lives under the new name already. */
function livesOf(host: Host, { from, to }: Carried): readonly (readonly [string, string])[] {
  const { layout } = host;
  const whole = [layout.sessionDir(from), layout.sessionDir(to)] as const;
  const lives = listGenerations(host, from);
  if (lives.length === 0 || host.files.stat(whole[1]).state === "missing") return [whole];
  return lives.map(
    (life) => [layout.generation(from, life).dir, layout.generation(to, life).dir] as const,
  );
}

function move(host: Host, source: string, target: string): readonly string[] {
  if (host.files.stat(source).state === "missing") return [];
  const moved = host.files.rename(source, target);
  if (moved.state === "failed") return [`${source} could not be moved: ${moved.detail}`];
  host.files.syncFolder(dirname(target));
  return [];
}

/** All but what the records that went on still name, and the socket of what may be alive. */
export function purgeCarried(host: Host, identity: Identity): void {
  const { serverDeathsDir, runDir } = host.layout;
  const stay = sessionLiveness(host, identity) === "dead" ? [] : [runDir];
  purgeIdentity(host, identity, [serverDeathsDir, ...stay]);
}

function stillRunning(identity: Identity): IapeerError {
  return new IapeerError({
    code: "session-running",
    what: `the session ${identity} may still be running`,
    next: "stop the peer first",
  });
}

function notCarried(identity: Identity, why: string): IapeerError {
  return new IapeerError({
    code: "state-not-carried",
    what: `what is remembered about ${identity} could not be carried over`,
    why,
    next: "nothing was renamed; put right what is named here and try again",
  });
}
