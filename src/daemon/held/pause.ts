// Between two launches of a held peer before which nothing was started: no death, so no manager is
// made to start its holder anew; the holder waits, as long as the daemon would (lifecycle §4).

import { backOff } from "../relaunch.ts";
import { refreshLive } from "../live.ts";
import type { OwnPeer } from "./own-context.ts";

/** How soon a waiting holder sees what the operator has said meanwhile. */
const LOOK_MS = 500;

/** How long to wait now, milliseconds: noted for `why`, and more from try to try. */
export function growPause({ context, live }: OwnPeer): number {
  const { clock, config } = context.host;
  const leftMs = () => (live.doc.restart.notBeforeWall ?? 0) - clock.wall();
  // Its settlement has noted it, if there was anything to settle.
  if (leftMs() <= 0) backOff(context, live);
  // A full disk may have kept it off, and another clock's time holds nobody down.
  return Math.min(Math.max(leftMs(), config.restartFirstMs), config.restartMaxMs);
}

/** Ends early when `signal` is aborted, and at the operator's `start`, which wipes the note out. */
export async function pause(
  { context, live }: OwnPeer,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = context.host;
  const until = clock.mono() + ms;
  const wasNoted = live.doc.restart.notBeforeWall !== null;
  while (clock.mono() < until && !signal.aborted) {
    await clock.sleep(Math.min(LOOK_MS, until - clock.mono()), signal);
    refreshLive(context.host, live);
    if (live.doc.stopped || (wasNoted && live.doc.restart.notBeforeWall === null)) return;
  }
}
