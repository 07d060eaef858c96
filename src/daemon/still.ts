// A living peer about whom nothing has changed since it was last looked at in full, and whose time
// has not come: the tick makes sure of that alone, by what the kernel says of all of them at once
// (rest.ts), or else by a look that costs a tenth of a full one. Peers are mostly still.

import type { Live } from "./live.ts";
import { isElsewhere, isLogLost } from "./pane-log.ts";
import type { MonoMs } from "../core/brand.ts";
import type { Decision } from "../core/decision.ts";
import type { StartRecord } from "../core/generation.ts";
import { paneLogName } from "../core/layout.ts";
import type { Identity } from "../core/names.ts";
import type { IdentityDoc } from "../core/identity-doc.ts";
import type { ProcessRef } from "../core/process-ref.ts";
import type { Presence } from "../core/profile.ts";
import type { InactionReason } from "../core/states.ts";
import type { Now } from "../core/world.ts";
import { isAllAlive } from "../flows/session/life.ts";
import type { Host } from "../ports/host.ts";

/** What the last full look was about, and how long its answer holds if all of it stays the same. */
export interface Still {
  readonly presence: Presence | null;
  readonly doc: IdentityDoc;
  readonly start: StartRecord;
  readonly canary: ProcessRef;
  readonly idleFloorMono: MonoMs;
  /** When it last printed. */
  readonly paneWall: number;
  /** Infinite: only something that happens changes the answer. */
  readonly untilWall: number;
}

/** Alive, and nobody had to be asked about it. */
const STILL: ReadonlySet<InactionReason> = new Set(["always-on", "alive-working"]);

/** Null: the next look has to be a full one. */
export function noteStill(host: Host, live: Live, decision: Decision): Still | null {
  if (decision.action !== "none" || !STILL.has(decision.why) || !isSettled(host, live)) return null;
  const { presence, doc, start, canary, idleFloorMono } = live;
  if (start === null || canary === null) return null;
  const paneLog = host.files.stat(host.layout.paneLog(live.identity));
  // Without a log of its own it gives no sign, and there is one to be opened.
  if (paneLog.state !== "ok" || isElsewhere(live, paneLog)) return null;
  const paneWall = paneLog.mtimeMs;
  const untilWall = decision.untilWall ?? Number.POSITIVE_INFINITY;
  return { presence, doc, start, canary, idleFloorMono, paneWall, untilWall };
}

/** What the kernel says of all of them at once, at the beginning of a pass. */
export interface Round {
  readonly now: Now;
  /** Whoever of the watched has ended has been told of. */
  readonly caughtUp: boolean;
  /** Files in the folder of pane logs that have changed since the last pass; null: not told. */
  readonly changed: ReadonlySet<string> | null;
}

/**
 * True: a full look would have the same answer. But for a transcript that is taken away, which
 * brings the end of its idleness nearer: that is seen when the time comes that is known of now.
 */
export function isStill(host: Host, live: Live, round: Round): boolean {
  const { still } = live;
  if (still === null || host.config.verboseSupervise) return false;
  if (round.now.wall + host.config.tickMs >= still.untilWall) return false;
  if (!isSame(still, live) || !isSettled(host, live)) return false;
  return isThere(host, live, round) && hasQuietLog(host, live, round);
}

/** As in a full look: the word of the watches, and pids and start times when that is doubted. */
function isThere(host: Host, { still, doubted }: Live, { caughtUp }: Round): boolean {
  const { server, pane } = still?.start ?? {};
  if (still === null || server === undefined || pane === undefined) return false;
  const { processes } = host;
  if (doubted) return isAllAlive(host, still.start) && processes.liveness(still.canary) === "alive";
  if (caughtUp) return true;
  return processes.exists(server.pid) !== "dead" && processes.exists(pane.pid) !== "dead";
}

/** Nothing was printed, and there is not more of it than may be. */
function hasQuietLog(host: Host, live: Live, { changed }: Round): boolean {
  const { identity, still, doubted } = live;
  if (!doubted && changed !== null && !isNamed(changed, identity)) return true;
  const paneLog = host.files.stat(host.layout.paneLog(identity));
  if (paneLog.state !== "ok" || (doubted && isLogLost(host, live, paneLog))) return false;
  return paneLog.mtimeMs === still?.paneWall && paneLog.size <= host.config.paneLogMaxBytes;
}

const isNamed = (changed: ReadonlySet<string>, identity: Identity): boolean =>
  changed.size > 0 && changed.has(paneLogName(identity));

const isSame = (still: Still, live: Live): boolean =>
  still.start === live.start &&
  still.doc === live.doc &&
  still.presence === live.presence &&
  still.canary === live.canary &&
  still.idleFloorMono === live.idleFloorMono;

/** Its whole life is known and watched, and nothing is going on about it. */
const isSettled = (host: Host, live: Live): boolean =>
  live.armed.size === PARTS &&
  live.deadAtMono.size === 0 &&
  live.docKnown &&
  !live.unsure &&
  live.end === null &&
  live.owed === null &&
  !live.startOwed &&
  !live.launching &&
  !live.readying &&
  live.frozen === null &&
  !host.manager.manages(live.personality);

/** Server, pane and canary. */
const PARTS = 3;
