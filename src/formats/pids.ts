// `pids` (lifecycle §5): who a session's server and pane are, as the session itself notes at its
// birth (Linux), so that a launcher's death does not leave them unknown. Two lines of proc(5)'s
// stat, the server's first.

import type { ProcessRef } from "../core/process-ref.ts";
import { parseProcStat } from "./proc-stat.ts";

export interface NotedPids {
  readonly server: ProcessRef;
  readonly pane: ProcessRef;
}

/** Null when it is anything else, half of it too. */
export function parsePids(text: string): NotedPids | null {
  const [first = "", second = "", ...rest] = text.split("\n");
  const [server, pane] = [refOf(first), refOf(second)];
  const isWhole = rest.length === 1 && rest[0] === "";
  return server === null || pane === null || !isWhole ? null : { server, pane };
}

function refOf(line: string): ProcessRef | null {
  const stat = parseProcStat(line);
  return stat === null ? null : { pid: stat.pid, start: stat.start };
}
