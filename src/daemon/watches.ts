// Death watches on the processes of a life: server, pane and canary. An exit only marks the part
// dead and enqueues the identity; nothing acts inside an event handler.

import type { Live, Part } from "./live.ts";
import type { ProcessRef } from "../core/process-ref.ts";
import { forgetOomKills } from "../flows/pressure.ts";
import { isOfThisBoot } from "../flows/session/life.ts";
import { readEnd } from "../flows/session/records.ts";
import { sendSignal } from "../flows/session/signal.ts";
import type { DeathWatch } from "../ports/death-watch.ts";
import type { Host } from "../ports/host.ts";

export interface WatchDeps {
  readonly host: Host;
  readonly watch: DeathWatch;
  /** A part of this identity's life ended, just now. */
  readonly onExit: (live: Live, part: Part) => void;
}

/** Well after the pane's end, when a tmux that had to be told would have been deaf. */
const NUDGE_MS = 100;

export function markDead(host: Host, live: Live, part: Part): void {
  if (live.deadAtMono.has(part)) return;
  live.deadAtMono.set(part, host.clock.mono());
  forgetOomKills(host);
  if (part === "pane") host.clock.after(NUDGE_MS, () => nudgeServer(host, live));
}

/**
 * tmux may have missed the SIGCHLD of a pane that ended at once (formats/tmux-conf.ts): another
 * one has it look, so that the hook records how it ended.
 */
function nudgeServer(host: Host, live: Live): void {
  const { start } = live;
  if (start?.server === undefined || !live.deadAtMono.has("pane")) return;
  if (!isOfThisBoot(host, start)) return;
  if (host.manager.manages(live.personality) || readEnd(host, start).state !== "none") return;
  const spec = { about: start, target: start.server, role: "server", reason: "pane-died" };
  sendSignal(host, { ...spec, signal: "CHLD" });
}

/** Arms every part that is known and not yet watched; drops watches on what is no longer ours. */
export function armLife(deps: WatchDeps, live: Live): void {
  dropStale(deps, live);
  if (live.start === null) return;
  if (!isOfThisBoot(deps.host, live.start)) return;
  const { server, pane } = live.start;
  if (server !== undefined) armPart(deps, live, { part: "server", ref: server });
  if (live.end !== null) return;
  if (pane !== undefined) armPart(deps, live, { part: "pane", ref: pane });
  if (live.canary !== null) armPart(deps, live, { part: "canary", ref: live.canary });
}

function armPart(deps: WatchDeps, live: Live, what: { part: Part; ref: ProcessRef }): void {
  const { part, ref } = what;
  if (live.armed.has(part) || live.deadAtMono.has(part)) return;
  const generation = live.doc.generation;
  const outcome = deps.watch.arm(ref, () => {
    live.armed.delete(part);
    if (live.doc.generation !== generation) return;
    noteGone(deps.host, live, part);
    deps.onExit(live, part);
  });
  if (outcome === "armed") live.armed.set(part, ref);
  if (outcome === "already-dead") noteGone(deps.host, live, part);
}

export function noteGone(host: Host, live: Live, part: Part): void {
  if (part === "canary") live.canary = null;
  else markDead(host, live, part);
}

/** Disarms what no longer belongs to the present life. */
export function dropStale(deps: WatchDeps, live: Live): void {
  for (const [part, ref] of live.armed) {
    const now = part === "canary" ? live.canary : live.start?.[part];
    if (now?.pid === ref.pid && now.start === ref.start) continue;
    deps.watch.disarm(ref);
    live.armed.delete(part);
  }
}
