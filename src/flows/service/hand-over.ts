// Restarting the process that holds a peer without ending the peer (service-manager contract:
// "the new process adopts it"). A mark tells that process that it is asked to let go; it is only
// good for a moment, so that a later TERM is not taken for it.

import type { Identity } from "../../core/names.ts";
import type { WriteOutcome } from "../../ports/files.ts";
import type { Host } from "../../ports/host.ts";

const GOOD_FOR_MS = 60_000;

/** Of one identity: a holder in another runtime ends what it has. */
export const handOverMark = (host: Host, identity: Identity): string =>
  `${host.layout.jobsDir}/${identity}.hand-over`;

export function markHandOver(host: Host, identity: Identity): WriteOutcome {
  host.files.makeFolder(host.layout.jobsDir);
  return host.files.writeAtomic(handOverMark(host, identity), `${host.clock.wall()}\n`);
}

/** True when it was marked a moment ago; the mark is used up. */
export function takeHandOver(host: Host, identity: Identity): boolean {
  const path = handOverMark(host, identity);
  const read = host.files.read(path);
  if (read.state !== "ok") return false;
  host.files.remove(path);
  const ageMs = host.clock.wall() - Number(read.text);
  return ageMs >= 0 && ageMs < GOOD_FOR_MS;
}

export const dropHandOver = (host: Host, identity: Identity): void =>
  void host.files.remove(handOverMark(host, identity));
