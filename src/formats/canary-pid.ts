// `canary.pid` (lifecycle §5): who the recorder is, by pid and start time, and of which boot: a
// recorder that was seen by a number of ticks is told by them from others of its own boot alone.

import type { ProcessRef } from "../core/process-ref.ts";

export interface NotedCanary {
  readonly process: ProcessRef;
  /** Earlier notes had none. */
  readonly bootId: string | null;
}

const NOTE =
  /^\{"pid":([1-9][0-9]{0,9}),"start":"((?:<=)?[0-9.]{1,40})"(?:,"boot":"([^"\\]{1,100})")?\}\n?$/;

/** `{"pid":N,"start":"…","boot":"…"}`; null when it is anything else. */
export function parseCanaryPid(text: string): NotedCanary | null {
  const [, pid, start, bootId = null] = NOTE.exec(text) ?? [];
  if (pid === undefined || start === undefined) return null;
  return { process: { pid: Number(pid), start }, bootId };
}
