// `canary.pid` (lifecycle §5): who the recorder is, by pid and start time.

import type { ProcessRef } from "../core/process-ref.ts";

/** `{"pid":N,"start":"…"}`; null when it is anything else. */
export function parseCanaryPid(text: string): ProcessRef | null {
  const match = /^\{"pid":([1-9][0-9]{0,9}),"start":"([0-9.]{1,40})"\}\n?$/.exec(text);
  const [, pid, start] = match ?? [];
  return pid === undefined || start === undefined ? null : { pid: Number(pid), start };
}
