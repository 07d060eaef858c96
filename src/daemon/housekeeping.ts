// Bounds on what accumulates (lifecycle §6, §8): pane logs, forensics files, the folders of lives
// long over, and what killed writers left behind.

import type { Context } from "./context.ts";
import type { Live } from "./live.ts";
import { peerLayout } from "../core/layout.ts";
import type { GenerationId } from "../core/names.ts";
import { pruneForensics, prunePaneLogs } from "../flows/session/pane-log.ts";
import { listGenerations, pathsOf } from "../flows/session/records.ts";
import { ownFolders } from "../flows/storage/root.ts";
import { sweepTemporaries } from "../flows/storage/sweep.ts";
import type { Host } from "../ports/host.ts";

/** Ended generations kept for an identity; their lines stay in exits.log. */
export const GENERATIONS_KEPT = 100;

/** Only the newest lives of an identity are written to. */
const SWEPT_GENERATIONS = 2;

export function keepHouse(context: Context): void {
  const { host } = context;
  const inUse = new Set<string>();
  for (const live of context.lives.values()) {
    if (live.start !== null && live.end === null) inUse.add(host.layout.paneLog(live.identity));
  }
  const removed = prunePaneLogs(host, inUse);
  pruneForensics(host);
  const dirs = [...ownFolders(host.layout)];
  for (const live of context.lives.values()) dirs.push(...keepLives(host, live));
  const swept = sweepTemporaries(host, dirs);
  if (removed.length === 0 && swept === 0) return;
  const fields = { removed: removed.length, swept };
  host.log.write("lifecycle", { ev: "housekeeping", fields });
}

/** Prunes, and tells the folders in which something may have been left. */
function keepLives(host: Host, live: Live): readonly string[] {
  const generations = listGenerations(host, live.identity);
  pruneLives(host, live, generations);
  const newest = generations.slice(-SWEPT_GENERATIONS).flatMap((generation) => {
    const { dir, filesDir } = pathsOf(host, { identity: live.identity, generation });
    return [dir, filesDir];
  });
  return live.presence === null ? newest : [...newest, peerLayout(live.presence.peer.cwd).dir];
}

/** Never one that may still be alive, nor one that its document names. */
export function pruneLives(host: Host, live: Live, generations: readonly GenerationId[]): void {
  const old = generations.slice(0, Math.max(0, generations.length - GENERATIONS_KEPT));
  for (const generation of old) {
    if (generation === live.doc.generation || generation === live.doc.settled) continue;
    const paths = pathsOf(host, { identity: live.identity, generation });
    if (host.files.stat(paths.end).state === "ok") host.files.removeTree(paths.dir);
  }
}
