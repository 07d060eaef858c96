// How `iapeer why` says that a life ended, or that a launch came to nothing (lifecycle §5). Pure.

import { isUnstarted, type EndRecord } from "../core/generation.ts";
import { unreachable } from "../core/result.ts";
import type { PlanCase } from "./plan-case.ts";

export function lastEnd(c: PlanCase): string {
  if (c.generation === null) return "It has never run here.";
  if (c.end === null) return "Its session is gone, not yet recorded why.";
  const who = c.end.ev === "session-exit" ? c.view.hints?.interruptedBy : undefined;
  if (who === undefined) return sayEnd(c.end);
  return `Its own process ended (${sayExit(c.end)}), right after an interrupt${sayWho(who)}.`;
}

function sayEnd(end: EndRecord): string {
  switch (end.ev) {
    case "teardown":
      return end.reason === "idle" || end.reason === "stop"
        ? `It was parked cleanly (${end.reason}${sayAsker(end)}).`
        : `It was ended by us (${end.reason ?? "no reason recorded"}${sayAsker(end)}).`;
    case "session-exit":
      return `Its own process ended (${sayExit(end)}).`;
    case "server-exit":
      return end.cause === "launch-failed" ? sayUnstarted(end) : sayServerExit(end);
    default:
      return unreachable(end.ev);
  }
}

const sayAsker = ({ askedBy: who }: EndRecord): string =>
  who === undefined ? "" : `,${sayWho(who)}`;

const sayWho = (who: string): string => ` asked for by ${who === "operator" ? "the " : ""}${who}`;

/** Whose word keeps it down; a stop of one that slept already has no record of its own. */
export function stopper({ end }: PlanCase): string {
  const who = end?.reason === "stop" ? (end.askedBy ?? "operator") : "operator";
  return who === "operator" ? "The operator" : who;
}

const sayServerExit = (end: EndRecord): string =>
  `Its tmux server died (${end.cause ?? "no cause recorded"}).`;

const sayUnstarted = ({ detail }: EndRecord): string =>
  `It could not be started${detail === undefined ? "" : `: ${detail.replace(/\.+$/, "")}`}.`;

/** Null: nobody has recorded how. */
export const endedUnready = (end: EndRecord | null): string =>
  `it ended before it was ready${end === null ? "" : ` (${howEnded(end)})`}`;

/** In a few words, within a sentence. */
function howEnded(end: EndRecord): string {
  switch (end.ev) {
    case "teardown":
      return `ended by us: ${end.reason ?? "no reason recorded"}`;
    case "session-exit":
      return sayExit(end);
    case "server-exit":
      return `its tmux server died: ${end.cause ?? "no cause recorded"}`;
    default:
      return unreachable(end.ev);
  }
}

function sayExit(end: EndRecord): string {
  if (end.deadSignal !== undefined) return `signal ${end.deadSignal}`;
  return end.deadStatus === undefined ? "exit code unknown" : `exit code ${end.deadStatus}`;
}

export const unlaunched = ({ view }: PlanCase): string =>
  view.unlaunched === undefined
    ? ""
    : ` Its latest launch came to nothing: ${view.unlaunched.replace(/\.+$/, "")}.`;

/** Its latest launch started nothing: waking it fails again until what is said is put right. */
export const isFailedLaunch = ({ view, end }: PlanCase): boolean =>
  view.unlaunched !== undefined || (end !== null && isUnstarted(end));

/** Nothing of one whose records are gone. */
export const howItWent = (c: PlanCase): string =>
  c.generation === null ? "" : `${lastEnd(c)}${unlaunched(c)} `;
