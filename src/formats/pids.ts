// `pids` (lifecycle §5): who a session's server and pane are, as the session itself notes at its
// birth (Linux), so that a launcher's death does not leave them unknown: the server's pid, its
// child's that is the pane's, and the host's uptime just before. sh reads /proc a byte a call: a
// line of proc(5)'s stat, the pane's, is in place of the last two only where that is not to be had.

import { latestStart, seenAt, type ProcessRef } from "../core/process-ref.ts";
import { parseProcStat } from "./proc-stat.ts";

export interface NotedPids {
  readonly pane: ProcessRef;
  /** Of the server; it lived when the pane was started. */
  readonly serverPid: number;
}

/** Earlier notes had a whole line of the server's. */
const SERVER = /^([1-9][0-9]{0,9})(?: \(|$)/;

/** Null when it is anything else, half of it too. */
export function parsePids(text: string): NotedPids | null {
  const lines = text.split("\n");
  if (lines.pop() !== "") return null;
  const [first = "", second = "", uptime] = lines;
  const serverPid = Number(SERVER.exec(first)?.[1]);
  if (!(serverPid > 1)) return null;
  const seen = uptime !== undefined && lines.length === 3 ? seenPane(second, uptime) : null;
  const pane = lines.length === 2 ? shownPane(second, serverPid) : seen;
  return pane === null ? null : { pane, serverPid };
}

function seenPane(pid: string, uptime: string): ProcessRef | null {
  const ticks = ticksOf(uptime);
  const isPid = /^[1-9][0-9]{0,9}$/.test(pid) && Number(pid) > 1;
  return isPid && ticks !== null ? { pid: Number(pid), start: seenAt(ticks) } : null;
}

/**
 * A pane whose server has died is somebody else's child, which need not be pid 1
 * (PR_SET_CHILD_SUBREAPER): that one is nobody's server.
 */
function shownPane(line: string, serverPid: number): ProcessRef | null {
  const stat = parseProcStat(line);
  if (stat === null || stat.ppid !== serverPid) return null;
  return { pid: stat.pid, start: stat.start };
}

/** /proc/uptime's seconds have two digits after the point: as many ticks as start times have. */
export function ticksOf(uptime: string): string | null {
  const [, seconds, ticks] = /^([0-9]{1,12})\.([0-9]{2})$/.exec(uptime) ?? [];
  return seconds === undefined || ticks === undefined ? null : String(Number(seconds + ticks));
}

/**
 * Whether the process that has the server's pid now is that server: whoever came to the pid later
 * started later than the pane, or was seen.
 */
export const isNotedServer = (found: ProcessRef, { pane, serverPid }: NotedPids): boolean =>
  found.pid === serverPid && Number(found.start) <= latestStart(pane);
