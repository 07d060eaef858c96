// Bounds on what accumulates: pane logs and forensics files (lifecycle §6, §8).

import type { Context } from "./context.ts";
import { pruneForensics, prunePaneLogs } from "../flows/session/pane-log.ts";

export function keepHouse(context: Context): void {
  const { host } = context;
  const inUse = new Set<string>();
  for (const live of context.lives.values()) {
    if (live.start !== null && live.end === null) inUse.add(host.layout.paneLog(live.identity));
  }
  const removed = prunePaneLogs(host, inUse);
  pruneForensics(host);
  if (removed.length === 0) return;
  host.log.write("lifecycle", { ev: "housekeeping", fields: { removed: removed.length } });
}
