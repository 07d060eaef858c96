// `pids` (lifecycle §5): who a session's server and pane are, as the session itself notes at its
// birth (Linux), so that a launcher's death does not leave them unknown. Two lines of proc(5)'s
// stat, the server's first.

import type { ProcessRef } from "../core/process-ref.ts";

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

/** The command, in parentheses, may hold anything; the start time is the 20th word behind it. */
function refOf(line: string): ProcessRef | null {
  const pid = /^([1-9][0-9]{0,9}) \(/.exec(line)?.[1];
  const start = line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return pid === undefined || !/^[0-9]{1,20}$/.test(start) ? null : { pid: Number(pid), start };
}
