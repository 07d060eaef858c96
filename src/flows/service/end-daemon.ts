// Ending a daemon that no service manager holds: it is asked, by a signal where it does not answer,
// and killed when it has not ended in time, as a manager would. Sessions live on through all of it.

import type { ServiceContext } from "./context.ts";
import { lastDaemon } from "./last-daemon.ts";
import type { ServiceAnswer } from "../../core/service.ts";
import { waitGone } from "../session/signal.ts";

/** How long a daemon that was asked to end may take. */
const STOP_WAIT_MS = 20_000;
const KILL_WAIT_MS = 5000;

/** Null: it is gone. */
export async function endDaemon(
  context: ServiceContext,
  pid: number,
): Promise<ServiceAnswer | null> {
  const { host, daemon } = context;
  const process = host.processes.identify(pid);
  if (process === null) return null;
  const asked = await daemon.stop();
  // By pid and start time, and only what says of itself that it is this root's daemon.
  const last = lastDaemon(host);
  const own = last?.pid === pid ? last : null;
  if (own !== null && asked.state !== "answered") host.processes.signal(own, "TERM");
  const seen = own ?? (process === "unknown" ? null : process);
  if (seen !== null && (await waitGone(host, seen, STOP_WAIT_MS)) === "gone") return null;
  if (own !== null) {
    host.processes.signal(own, "KILL");
    if ((await waitGone(host, own, KILL_WAIT_MS)) === "gone") return null;
  }
  const next = "iapeer daemon status";
  return { state: "unknown", reason: `the daemon (pid ${pid}) was asked to end and has not`, next };
}
