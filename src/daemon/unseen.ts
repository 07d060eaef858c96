// Ends that nobody saw (lifecycle §4, §5): until when such a life is known to have lived. Nothing
// after that counts as health, and no record says that it was alive.

import type { Context } from "./context.ts";
import { wallMs, type WallMs } from "../core/brand.ts";
import type { StartRecord } from "../core/generation.ts";
import { lastBeat } from "../flows/service/last-daemon.ts";
import type { Heartbeat } from "../formats/heartbeat.ts";
import type { Host } from "../ports/host.ts";

/** What the last heartbeat before this supervisor says. */
export interface LastSeen {
  /** Of another boot's lives it says nothing. */
  readonly bootId: string;
  /** By the clock as it was then. */
  readonly wall: WallMs;
  /** How far the clock has been set since. */
  readonly setMs: number;
  /** For so long before it no clock had jumped. */
  readonly steadyMs: number;
}

export function lastSeenAt(beat: Heartbeat, setMs: number): LastSeen {
  const { bootId, wall, mono, jumpMono } = beat;
  const isKnown = mono !== undefined && jumpMono !== undefined;
  const steadyMs = isKnown ? mono - jumpMono : Number.POSITIVE_INFINITY;
  return { bootId, wall, setMs, steadyMs };
}

/**
 * For whoever holds a peer of its own and keeps no heartbeat: the daemon's, where both have ended
 * with the host. On the same boot the daemon may have lived on after the peer.
 */
export function lastSeenByDaemon(host: Host): LastSeen | null {
  const beat = lastBeat(host);
  return beat === null || beat.bootId === host.processes.bootId() ? null : lastSeenAt(beat, 0);
}

export interface Unseen {
  /** The last instant at which it is known to have lived, by the clock as it is now. */
  readonly since: WallMs;
  readonly livedMs: number;
}

/** Of a life that was over when this supervisor first looked. */
export function unseenOf(
  { state: { lastSeen } }: Pick<Context, "state">,
  { startedWall, bootId }: StartRecord,
): Unseen {
  if (lastSeen === null || lastSeen.bootId !== bootId) return { since: startedWall, livedMs: 0 };
  const { wall, setMs, steadyMs } = lastSeen;
  // Whether it began before the clock was set or after nobody knows.
  const since = Math.max(wall + setMs, startedWall + Math.min(0, setMs));
  const livedMs = Math.max(0, Math.min(wall - startedWall, steadyMs));
  return { since: wallMs(since), livedMs };
}
