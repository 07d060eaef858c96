// SIGHUP of a process that was started to ignore it, as nohup starts one: whoever listens to it
// ends that. A library's listener even ends the process, when nobody else listens.

import { openLibc } from "./libc.ts";

/** The same numbers on Linux and macOS. */
const SIGHUP = 1;
const SIG_IGN = 1n;

let found: boolean | undefined;
let isKept = false;

/** To be asked before anybody listens; what cannot be told is taken for the usual. */
export const isHangupIgnored = (): boolean => (found ??= look());

/** Before a library is loaded that listens. */
export function keepHangupIgnored(): void {
  if (isKept || !isHangupIgnored()) return;
  isKept = true;
  process.on("SIGHUP", () => undefined);
}

function look(): boolean {
  if (process.listenerCount("SIGHUP") > 0) return false;
  const libc = openLibc({ signal: { args: ["i32", "u64"], returns: "u64" } });
  if (libc === null) return false;
  const before = libc.signal(SIGHUP, SIG_IGN);
  if (before !== SIG_IGN) libc.signal(SIGHUP, before);
  return before === SIG_IGN;
}
