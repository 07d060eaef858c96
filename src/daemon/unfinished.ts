// Launches that were cut off, by a death of the launcher or because nothing could be seen: each is
// completed when its server is found, ended when nobody is there, and else looked at again.

import type { Context } from "./context.ts";
import { isUnfinished, refreshLive, type Live } from "./live.ts";
import type { StartRecord } from "../core/generation.ts";
import { canaryProcess } from "../flows/session/canary.ts";
import { findServer } from "../flows/session/find-server.ts";
import { writeStart } from "../flows/session/records.ts";
import { sendSignal } from "../flows/session/signal.ts";
import { recordUnwitnessed } from "../flows/settle.ts";

/** Runs in the identity's lane; costs nothing in the common case. */
export async function finishLife(context: Context, live: Live): Promise<void> {
  const { host } = context;
  if (live.startOwed && live.start !== null && live.end === null) {
    live.startOwed = writeStart(host, live.start).state !== "ok";
  }
  if (!isUnfinished(host, live) || live.start === null) return;
  const finished = await finishStart(context, live.start);
  if (finished !== null) live.start = finished;
  // What looked dead for want of a record may have been given one.
  live.deadAtMono.clear();
  refreshLive(host, live);
}

/** The completed record; null when there is no server, or none can be seen. */
export async function finishStart(
  context: Context,
  start: StartRecord,
): Promise<StartRecord | null> {
  const { host } = context;
  if (start.server !== undefined && host.processes.liveness(start.server) === "dead") {
    return { ...start, pane: start.pane ?? { pid: start.server.pid, start: "0" } };
  }
  const found = await findServer(host, start);
  if (found === "unknown") return null;
  if (found === "nobody") {
    // One that still tries would bring up a server after its end is on record.
    const launcher = canaryProcess(host, start);
    const why = { about: start, signal: "TERM", role: "canary", reason: "launch-failed" } as const;
    if (launcher !== null) sendSignal(host, { ...why, target: launcher });
    const { identity, generation } = start;
    const life = { identity, generation, start };
    const recorded = recordUnwitnessed(host, { ...life, cause: "launch-failed" });
    if (!recorded.ok) context.unrecorded.set(generation, life);
    return null;
  }
  const finished = { ...start, ...found };
  writeStart(host, finished);
  return finished;
}
