// A daemon in the background that was ended for another version, and had run until then: nobody
// else starts it again, so whoever next puts a version in use does, if it has not come up since.

import { readStarts } from "./daemon-starts.ts";
import type { Host } from "../../ports/host.ts";

/** Before a restart. Best effort: without it a person starts it, as is said then. */
export const oweStart = (host: Host): void =>
  void host.files.writeAtomic(host.layout.owedStart, `${host.clock.wall()}\n`);

/** Ended on purpose, it stays down. */
export const settleStart = (host: Host): void => void host.files.remove(host.layout.owedStart);

/**
 * One that has stayed up since, or was asked to end, has ended for another reason. A restart
 * forgets the starts before it.
 */
export function isStartOwed(host: Host): boolean {
  if (host.files.stat(host.layout.owedStart).state !== "ok") return false;
  return !readStarts(host).starts.some(({ asked, steady }) => asked || steady);
}
