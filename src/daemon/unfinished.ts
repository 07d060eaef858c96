// Launches that were cut off, by a death of the launcher or because nothing could be seen: each is
// completed when its server is found, ended when nobody is there, and else looked at again.

import type { Context } from "./context.ts";
import { isHidden, isUnfinished, refreshLive, type Live } from "./live.ts";
import type { StartRecord } from "../core/generation.ts";
import { gone } from "../core/process-ref.ts";
import { canaryProcess } from "../flows/session/canary.ts";
import { findServer } from "../flows/session/find-server.ts";
import { keepFolder, writeStart, type GenerationRef } from "../flows/session/records.ts";
import { rescueStart } from "../flows/session/rescue-start.ts";
import { sendSignal } from "../flows/session/signal.ts";
import { recordUnwitnessed } from "../flows/settle.ts";
import type { Host } from "../ports/host.ts";

/** Runs in the identity's lane; costs nothing in the common case. */
export async function finishLife(context: Context, live: Live): Promise<void> {
  const { host } = context;
  if (live.startOwed && live.start !== null && live.end === null) {
    live.startOwed = writeStart(host, live.start).state !== "ok";
  }
  const { generation } = live.doc;
  if (generation !== null && isHidden(live)) {
    await rescueLife(context, { identity: live.identity, generation });
  } else if (!isUnfinished(host, live) || live.start === null) return;
  else live.start = (await finishStart(context, live.start)) ?? live.start;
  // What looked dead for want of a record may have been given one.
  live.deadAtMono.clear();
  refreshLive(host, live);
}

/** Of a life without a record that can be used: made anew, or ended when nobody answers for it. */
export async function rescueLife(context: Context, ref: GenerationRef): Promise<void> {
  const { host } = context;
  if ((await rescueStart(host, ref)) !== "nobody") return;
  const life = { ...ref, start: null };
  keepFolder(host, ref);
  const recorded = recordUnwitnessed(host, { ...life, cause: "unwitnessed" });
  // By the time that there is room for it, somebody may answer after all.
  if (!recorded.ok) context.unrecorded.set(ref.generation, { ...life, unsure: true });
}

/** The completed record; null when there is no server, or none can be seen. */
export async function finishStart(
  context: Context,
  start: StartRecord,
): Promise<StartRecord | null> {
  const { host } = context;
  if (start.server !== undefined && host.processes.liveness(start.server) === "dead") {
    return { ...start, pane: start.pane ?? gone(start.server.pid) };
  }
  let found = await findServer(host, start);
  // One that still tries, or has just tried, would bring up a server after its end is on record.
  if (found === "nobody" && giveUpLauncher(host, start)) found = await findServer(host, start);
  if (found === "unknown") return null;
  if (found === "nobody") {
    const { identity, generation } = start;
    // Where there is no room for it, it stays unfinished, and is looked for again.
    recordUnwitnessed(host, { identity, generation, start, cause: "launch-failed" });
    return null;
  }
  const finished = { ...start, ...found };
  writeStart(host, finished);
  return finished;
}

/** False: there is none. */
function giveUpLauncher(host: Host, start: StartRecord): boolean {
  const target = canaryProcess(host, start);
  if (target === null) return false;
  const why = { about: start, signal: "TERM", role: "canary", reason: "launch-failed" } as const;
  return sendSignal(host, { ...why, target }) === "sent";
}
