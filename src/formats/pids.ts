// `pids` (lifecycle §5): who a session's pane is, and whose child, as the session itself notes at
// its birth (Linux), so that a launcher's death does not leave them unknown. One line of proc(5)'s
// stat: sh reads it a byte a call, so no second one is noted for the server.

import type { ProcessRef } from "../core/process-ref.ts";
import { parseProcStat } from "./proc-stat.ts";

export interface NotedPids {
  readonly pane: ProcessRef;
  /** Of the server; it lived when the pane was started. */
  readonly serverPid: number;
}

/** Null when it is anything else, half of it too. Earlier notes had a line of the server first. */
export function parsePids(text: string): NotedPids | null {
  const lines = text.split("\n");
  const isWhole = lines.length <= 3 && lines.pop() === "";
  const stat = parseProcStat(lines.at(-1) ?? "");
  if (stat === null || !isWhole || !(stat.ppid > 1)) return null;
  return { pane: { pid: stat.pid, start: stat.start }, serverPid: stat.ppid };
}

/**
 * Whether the process that has the server's pid now is that server: whoever came to the pid later
 * started later than the pane.
 */
export const isNotedServer = (found: ProcessRef, { pane, serverPid }: NotedPids): boolean =>
  found.pid === serverPid && Number(found.start) <= Number(pane.start);
