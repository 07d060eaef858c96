// Restarting the process that holds a peer without ending the peer (service-manager contract:
// "the new process adopts it"). A mark tells that process that it is asked to let go; it is only
// good for a moment, so that a later TERM is not taken for it.

import { labelOf, peerJobId } from "../../core/service.ts";
import type { Personality } from "../../core/names.ts";
import type { Host } from "../../ports/host.ts";

const GOOD_FOR_MS = 60_000;

const pathOf = (host: Host, personality: Personality): string =>
  `${host.layout.jobsDir}/${labelOf(peerJobId(personality))}.hand-over`;

export function markHandOver(host: Host, personality: Personality): void {
  host.files.makeFolder(host.layout.jobsDir);
  host.files.writeAtomic(pathOf(host, personality), `${host.clock.wall()}\n`);
}

/** True when it was marked a moment ago; the mark is used up. */
export function takeHandOver(host: Host, personality: Personality): boolean {
  const path = pathOf(host, personality);
  const read = host.files.read(path);
  if (read.state !== "ok") return false;
  host.files.remove(path);
  const ageMs = host.clock.wall() - Number(read.text);
  return ageMs >= 0 && ageMs < GOOD_FOR_MS;
}

export const dropHandOver = (host: Host, personality: Personality): void =>
  void host.files.remove(pathOf(host, personality));
