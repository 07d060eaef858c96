// `pids` (lifecycle §5): who a session's server and pane are, as the session itself notes at its
// birth (Linux), so that a launcher's death does not leave them unknown: the server's pid, then a
// line of proc(5)'s stat, the pane's. sh reads such a line a byte a call, so none is the server's.

import type { ProcessRef } from "../core/process-ref.ts";
import { parseProcStat } from "./proc-stat.ts";

export interface NotedPids {
  readonly pane: ProcessRef;
  /** Of the server; it lived when the pane was started. */
  readonly serverPid: number;
}

/** Earlier notes had a whole line of the server's. */
const SERVER = /^([1-9][0-9]{0,9})(?: \(|$)/;

/**
 * Null when it is anything else, half of it too. A pane whose server has died is somebody else's
 * child, which need not be pid 1 (PR_SET_CHILD_SUBREAPER): that one is nobody's server.
 */
export function parsePids(text: string): NotedPids | null {
  const [first = "", second = "", ...rest] = text.split("\n");
  const serverPid = Number(SERVER.exec(first)?.[1]);
  const stat = parseProcStat(second);
  const isWhole = rest.length === 1 && rest[0] === "";
  if (stat === null || !isWhole || !(serverPid > 1) || stat.ppid !== serverPid) return null;
  return { pane: { pid: stat.pid, start: stat.start }, serverPid };
}

/**
 * Whether the process that has the server's pid now is that server: whoever came to the pid later
 * started later than the pane.
 */
export const isNotedServer = (found: ProcessRef, { pane, serverPid }: NotedPids): boolean =>
  found.pid === serverPid && Number(found.start) <= Number(pane.start);
