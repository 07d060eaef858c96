// `pids` (lifecycle §5): who a session's server and pane are, as the session itself notes at its
// birth (Linux), so that a launcher's death does not leave them unknown: the server's pid, a line
// of proc(5)'s stat, the pane's, and the pid of the log's writer, in whose place the note is made.
// sh reads such a line a byte a call, so none is the server's.

import type { ProcessRef } from "../core/process-ref.ts";
import { parseProcStat } from "./proc-stat.ts";

export interface NotedPids {
  readonly pane: ProcessRef;
  /** Of the server; it lived when the pane was started. */
  readonly serverPid: number;
  /** A child of the server; earlier notes had none. */
  readonly writerPid?: number;
}

/** Earlier notes had a whole line of the server's. */
const SERVER = /^([1-9][0-9]{0,9})(?: \(|$)/;

const PID = /^[1-9][0-9]{0,9}$/;

/** What was left out of a note for want of room is no note. */
const LINES = 3;

/**
 * Null when it is anything else, half of it too; of several notes the last one counts. A pane whose
 * server has died is somebody else's child, which need not be pid 1 (PR_SET_CHILD_SUBREAPER): that
 * one is nobody's server.
 */
export function parsePids(text: string): NotedPids | null {
  const lines = text.split("\n").slice(0, -1);
  if (lines.length < LINES) return parseNote(lines);
  for (let first = lines.length - LINES; first >= 0; first -= 1) {
    const noted = parseNote(lines.slice(first, first + LINES));
    if (noted !== null) return noted;
  }
  return null;
}

function parseNote([first = "", second = "", third]: readonly string[]): NotedPids | null {
  const serverPid = Number(SERVER.exec(first)?.[1]);
  const stat = parseProcStat(second);
  if (stat === null || !(serverPid > 1) || stat.ppid !== serverPid) return null;
  const pane = { pid: stat.pid, start: stat.start };
  if (third === undefined) return { pane, serverPid };
  return PID.test(third) ? { pane, serverPid, writerPid: Number(third) } : null;
}

/**
 * Whether the process that has the server's pid now is that server: whoever came to the pid later
 * started later than the pane.
 */
export const isNotedServer = (found: ProcessRef, { pane, serverPid }: NotedPids): boolean =>
  found.pid === serverPid && Number(found.start) <= Number(pane.start);
