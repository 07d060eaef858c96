// A decision as a log line and as something that `iapeer why` remembers. Lines are rendered from
// the decision itself, so that what was done and what was written cannot differ.

import type { Live } from "./live.ts";
import type { Decision } from "../core/decision.ts";
import type { LogValue } from "../core/log-event.ts";
import type { Personality } from "../core/names.ts";
import type { RememberedDecision } from "../core/snapshot.ts";
import { unreachable } from "../core/result.ts";
import { renderInstant } from "../formats/instant.ts";
import type { WakeOutcome } from "../flows/wake.ts";
import type { Host } from "../ports/host.ts";

const REMEMBERED_MAX = 20;

/** The `action=` of lifecycle §8. */
export function actionWord(decision: Decision): string {
  switch (decision.action) {
    case "none":
      return decision.why;
    case "settle-stopped":
      return "skipped-stopped";
    case "settle-deliberate":
      return decision.parked ? "parked" : "ended";
    case "settle-death":
      return "reaped-gone";
    case "settle-unstarted":
      return "launch-failed";
    case "record-end":
      return "recorded-end";
    case "clear-server":
      return "cleared-server";
    // Said before it is tried, at a first launch too: `ev=wake` says what came of it.
    case "relaunch":
      return decision.cause === "new" ? "needs-eager-fresh" : "starting";
    case "reap":
      return decision.reason === "idle" ? "reaped-idle" : "reaped-ephemeral";
    case "arm-canary":
      return "canary";
    case "rotate-pane-log":
      return "rotated-pane-log";
    case "reopen-pane-log":
      return "reopened-pane-log";
    default:
      return unreachable(decision);
  }
}

function extras(decision: Decision): Record<string, LogValue | undefined> {
  switch (decision.action) {
    case "settle-death":
      return { death: decision.death, health_ms: Math.round(decision.healthMs) };
    case "record-end":
      return { death: decision.death };
    case "relaunch":
      return { runtime: decision.runtime, cause: decision.cause };
    case "reap":
      return { reason: decision.reason, idle_ms: Math.round(decision.idleMs) };
    case "rotate-pane-log":
      return { bytes: decision.bytes };
    case "none":
      return decision.untilWall === undefined ? {} : { until: renderInstant(decision.untilWall) };
    case "settle-stopped":
    case "settle-deliberate":
    case "settle-unstarted":
    case "clear-server":
    case "arm-canary":
    case "reopen-pane-log":
      return {};
    default:
      return unreachable(decision);
  }
}

export interface DecisionNote {
  /** Empty: nothing to add. */
  readonly detail: string;
  /** The canary's state. */
  readonly state?: string;
}

export function logDecision(host: Host, decision: Decision, note: DecisionNote): void {
  const { detail, state } = note;
  host.log.write("lifecycle", {
    ev: "supervise",
    fields: {
      identity: decision.identity,
      generation: decision.generation ?? undefined,
      action: actionWord(decision),
      ...extras(decision),
      state,
      detail: detail === "" ? undefined : detail,
    },
  });
}

/**
 * A wake and why it went as it did. The same refusal again and again is kept once; each launch that
 * failed is another try.
 */
export function rememberWake(host: Host, live: Live, outcome: WakeOutcome): void {
  if (outcome.state === "alive") return;
  const isUp = outcome.state === "woke";
  const cause = isUp ? outcome.woke.cause : outcome.cause;
  const action = isUp ? `wake-${outcome.woke.mode}` : `wake-${outcome.state}`;
  const seen = `${action} ${cause}`;
  if (outcome.state === "refused" && live.lastWake === seen) return;
  live.lastWake = seen;
  keep(host, live, { action, cause, detail: isUp ? "" : outcome.detail });
}

/**
 * A renamed peer goes on with what was decided about it under its old name, which the decisions
 * themselves keep. Whoever bore the new name before is somebody else.
 */
export function inherit(
  host: Host,
  heir: Live,
  past: { readonly decisions: readonly RememberedDecision[]; readonly from: Personality },
): void {
  const { personality, decisions } = heir;
  decisions.splice(0, decisions.length, ...past.decisions);
  if (past.from === personality) return;
  const detail = `from=${past.from} to=${personality}`;
  keep(host, heir, { action: "renamed", cause: "rename", detail });
}

export function keep(
  host: Host,
  live: Live,
  what: Pick<RememberedDecision, "action" | "cause" | "detail">,
): void {
  live.decisions.push({
    ts: renderInstant(host.clock.wall()),
    identity: live.identity,
    ...what,
  });
  if (live.decisions.length > REMEMBERED_MAX) live.decisions.shift();
}

/** Keeps the latest decisions; the same inaction, or a relaunch that waits, is kept once. */
export function remember(host: Host, live: Live, decision: Decision): void {
  const cause = actionWord(decision);
  const idle = decision.action === "none";
  const same = (idle || decision.action === "relaunch") && live.lastDecision === cause;
  if (host.config.verboseSupervise && idle) logDecision(host, decision, { detail: "" });
  if (same) return;
  live.lastDecision = cause;
  keep(host, live, {
    action: decision.action,
    cause,
    detail: Object.entries(extras(decision))
      .map(([key, value]) => `${key}=${String(value)}`)
      .join(" "),
  });
}
