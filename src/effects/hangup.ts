// SIGHUP of a process that was started to ignore it, as nohup starts one. A library that listens
// for the sake of a cleanup ends the process when nobody else listens, ignored or not.

import { openLibc } from "./libc.ts";

/** The same numbers on Linux and macOS. */
const SIGHUP = 1;
const SIG_IGN = 1n;

let isSettled = false;

/** Before such a library is loaded. Where somebody listens already, nothing is ignored. */
export function keepHangupIgnored(): void {
  if (isSettled) return;
  isSettled = true;
  if (process.listenerCount("SIGHUP") > 0) return;
  const libc = openLibc({ signal: { args: ["i32", "u64"], returns: "u64" } });
  if (libc === null) return;
  const before = libc.signal(SIGHUP, SIG_IGN);
  if (before === SIG_IGN) process.on("SIGHUP", () => undefined);
  else libc.signal(SIGHUP, before);
}
