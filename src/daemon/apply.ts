// Carries out one decision (lifecycle §4): one exhaustive switch. A failing decision is logged,
// tried again at the next look, and never stops the others.

import type { Context } from "./context.ts";
import { logDecision } from "./decision-log.ts";
import { endLifeOf } from "./end-life.ts";
import { expectLine } from "./exit-lines.ts";
import { pruneLives } from "./housekeeping.ts";
import { mourn } from "./incidents.ts";
import type { Live } from "./live.ts";
import { noteCanary } from "./bring-up.ts";
import { openLogAnew } from "./pane-log.ts";
import { relaunch } from "./relaunch.ts";
import type {
  ArmCanary,
  ClearServer,
  Decision,
  Reap,
  RecordEnd,
  ReopenPaneLog,
  RotatePaneLog,
  SettleDeath,
  SettleDeliberate,
  SettleStopped,
  SettleUnstarted,
} from "../core/decision.ts";
import { unreachable } from "../core/result.ts";
import {
  keepFolder,
  listGenerations,
  pathsOf,
  type GenerationRef,
} from "../flows/session/records.ts";
import { PANE_END_FORMAT, parsePaneEnd, type PaneEnd } from "../formats/pane-end.ts";
import type { Host } from "../ports/host.ts";
import { armCanary, canaryProcess } from "../flows/session/canary.ts";
import { rotatePaneLog } from "../flows/session/pane-log.ts";
import { endLeftovers } from "../flows/session/teardown.ts";
import { recordUnwitnessed, settle, unwitnessedCause } from "../flows/settle.ts";
import { logPaceMs } from "../rules/log-pace.ts";

/** `wait`: nothing more can be done now; a timer or the next tick looks again. */
export type Applied = "again" | "wait";

export async function applyDecision(
  context: Context,
  live: Live,
  decision: Exclude<Decision, { action: "none" }>,
): Promise<Applied> {
  switch (decision.action) {
    case "settle-stopped":
    case "settle-deliberate":
    case "settle-death":
    case "settle-unstarted":
      return settleHere(context, live, decision);
    case "record-end":
      return recordEndHere(context, live, decision);
    case "clear-server":
      return clearServer(context, live, decision);
    case "relaunch":
      return relaunch(context, live, decision);
    case "reap":
      return reap(context, live, decision);
    case "arm-canary":
      return rearm(context, live, decision);
    case "rotate-pane-log":
      return rotate(context, live, decision);
    case "reopen-pane-log":
      return reopen(context, live, decision);
    default:
      return unreachable(decision);
  }
}

/** What outlived its server goes first: the next life must not meet the last one's processes. */
async function settleHere(
  context: Context,
  live: Live,
  decision: SettleStopped | SettleDeliberate | SettleDeath | SettleUnstarted,
): Promise<Applied> {
  const { host } = context;
  const { start } = live;
  if (decision.action === "settle-death") mourn(context, live);
  if (start !== null) await endLeftovers(host, start, live.unseen);
  const settled = settle(context.host, decision, start);
  logDecision(context.host, decision, { detail: settled.state === "ok" ? "" : settled.detail });
  if (settled.state !== "ok") return "wait";
  const { identity, generation } = decision;
  if (generation !== null) expectLine(context, { identity, generation });
  // Nothing else bounds how often it is asked for: no crash loop is counted.
  if (decision.action === "settle-unstarted") {
    pruneLives(host, live, listGenerations(host, identity));
  }
  return "again";
}

async function recordEndHere(
  context: Context,
  live: Live,
  decision: RecordEnd,
): Promise<Applied> {
  if (decision.generation === null) return "wait";
  const ref = { identity: live.identity, generation: decision.generation };
  if (isElsewhere(context, ref)) return "wait";
  const sessionOnly = decision.death === "session-gone";
  const pane = sessionOnly ? await askPaneEnd(context.host, live) : {};
  keepFolder(context.host, ref);
  const { start, unseen } = live;
  const since = unseen === null ? {} : { since: unseen.since };
  const recorded = recordUnwitnessed(context.host, {
    ...ref,
    start,
    cause: unwitnessedCause(context.host, { start, ...since }),
    sessionOnly,
    pane,
    // Of a moment that nobody saw, the present says nothing.
    ...(unseen === null ? { memory: context.incidents.memory() } : since),
  });
  logDecision(context.host, decision, { detail: recorded.ok ? recorded.value : recorded.error });
  return recorded.ok ? "again" : "wait";
}

/** The server outlives its pane's process, and has waited for it. */
async function askPaneEnd(host: Host, { start, identity }: Live): Promise<PaneEnd> {
  if (start === null) return {};
  const answer = await host.tmux.query(start.socket, identity, PANE_END_FORMAT);
  return answer.state === "answered" ? parsePaneEnd(answer.text) : {};
}

/** It may be under another name, which cannot be told yet: it would have two ends. */
const isElsewhere = ({ host, state }: Context, ref: GenerationRef): boolean =>
  state.renamesOwed === true && host.files.stat(pathsOf(host, ref).dir).state === "missing";

async function clearServer(context: Context, live: Live, decision: ClearServer): Promise<Applied> {
  const { start } = live;
  if (start === null) return "wait";
  const ended = await endLifeOf(context, live, { start, reason: "session-gone" });
  logDecision(context.host, decision, { detail: ended.state });
  return ended.state === "ended" ? "again" : "wait";
}

async function reap(context: Context, live: Live, decision: Reap): Promise<Applied> {
  const { start } = live;
  if (start === null) return "wait";
  const ended = await endLifeOf(context, live, { start, reason: decision.reason });
  logDecision(context.host, decision, { detail: ended.state === "ended" ? "" : "survived" });
  return "again";
}

function rearm(context: Context, live: Live, decision: ArmCanary): Applied {
  if (live.start === null) return "wait";
  const outcome = armCanary(context.host, live.start);
  if (outcome.state === "already") {
    // It could not be looked at when it was spawned.
    live.canary = canaryProcess(context.host, live.start);
    return "again";
  }
  noteCanary(context, live, outcome.process?.pid ?? null);
  logDecision(context.host, decision, { detail: outcome.detail ?? "", state: outcome.state });
  // One that is gone again, or cannot be looked at, would be followed by others at once.
  return live.canary === null ? "wait" : "again";
}

/** One that floods is emptied again when it will be full, not at the next tick. */
function rotate({ host }: Context, live: Live, decision: RotatePaneLog): Applied {
  const rotated = rotatePaneLog(host, live.identity);
  const { paneLogMaxBytes, tickMs } = host.config;
  const detail = `kept=${Math.min(decision.bytes, paneLogMaxBytes)}`;
  logDecision(host, decision, { detail: rotated.state === "ok" ? detail : rotated.detail });
  if (rotated.state !== "ok") return "wait";
  const now = host.clock.mono();
  const tookMs = Math.min(tickMs, now - live.logRotatedMono);
  live.logRotatedMono = now;
  live.logPaceMs = logPaceMs({ bytes: decision.bytes, tookMs }, paneLogMaxBytes);
  return "again";
}

/** Of a full disk, or a folder that was removed, there are as many at once as there are peers. */
async function reopen(
  { host, limit, isClosing }: Context,
  live: Live,
  decision: ReopenPaneLog,
): Promise<Applied> {
  const opened = await limit(() =>
    isClosing() ? Promise.resolve(null) : openLogAnew(host, live),
  );
  if (opened === null) return "wait";
  logDecision(host, decision, { detail: opened.ok ? "" : opened.error });
  return opened.ok ? "again" : "wait";
}
