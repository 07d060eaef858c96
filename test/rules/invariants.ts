// What must hold for every world and the decision about it (lifecycle §2, §4, §5), written
// against the view alone, so that the plan is not its own judge.

import type { Decision } from "../../src/core/decision.ts";
import type { IdentityView } from "../../src/core/world.ts";
import { CONFIG, NOW } from "./build.ts";
import {
  isDeliberateEnd,
  isDrastic,
  isFree,
  isHeldBack,
  isLooped,
  isOver,
  isSettled,
  isUnknown,
  isUp,
  mustRun,
  overdue,
  settles,
} from "./notions.ts";

const KEPT_UP: readonly Decision["action"][] = [
  "reap",
  "arm-canary",
  "rotate-pane-log",
  "reopen-pane-log",
];

export interface Invariant {
  readonly name: string;
  readonly holds: (view: IdentityView, decision: Decision) => boolean;
}

const SAFETY: readonly Invariant[] = [
  {
    name: "unknown never kills, restarts, reaps or records",
    holds: ({ generation }, d) => !isUnknown(generation) || !isDrastic(d),
  },
  { name: "managed is only read", holds: ({ managed }, d) => !managed || d.action === "none" },
  {
    name: "nothing is done beside a launch",
    holds: ({ launching }, d) => !launching || d.action === "none",
  },
  {
    name: "a human attached is never reaped",
    holds: ({ generation }, d) => d.action !== "reap" || generation?.attached !== 1,
  },
  {
    name: "a human who may be attached is never reaped",
    holds: ({ generation }, d) => d.action !== "reap" || generation?.attached !== "unknown",
  },
  {
    name: "an unknown idle age never reaps",
    holds: ({ generation }, d) => d.action !== "reap" || generation?.idleMs !== "unknown",
  },
  {
    name: "only a living session is reaped or kept up",
    holds: ({ generation }, d) => !KEPT_UP.includes(d.action) || isUp(generation),
  },
  {
    name: "reaped only when its limit is over, for the first reason",
    holds: (view, d) => d.action !== "reap" || d.reason === overdue(view),
  },
  {
    name: "an unknown canary is left alone",
    holds: ({ generation }, d) => d.action !== "arm-canary" || generation?.canary === "dead",
  },
  {
    name: "stopped is never launched",
    holds: ({ doc }, d) => d.action !== "relaunch" || !doc.stopped,
  },
  {
    name: "at most one life",
    holds: ({ generation }, d) =>
      d.action !== "relaunch" || generation === null || generation.server === "dead",
  },
  {
    name: "crash-looped is never relaunched",
    holds: (view, d) => d.action !== "relaunch" || !isLooped(view),
  },
  {
    name: "the unregistered is never launched",
    holds: ({ registered }, d) => d.action !== "relaunch" || registered,
  },
  {
    name: "no restart before its time",
    holds: (view, d) =>
      d.action !== "relaunch" || d.cause !== "always-on" || !isHeldBack(view),
  },
  {
    name: "launched only when asked for, on the right runtime",
    holds: (view, d) =>
      d.action !== "relaunch" ||
      (d.cause === "new"
        ? view.doc.newEager && d.runtime === view.defaultRuntime
        : view.alwaysOn && d.runtime === view.runtime),
  },
];

const ACCOUNTING: readonly Invariant[] = [
  {
    name: "no end is settled twice",
    holds: (view, d) => !settles(d) || !isSettled(view),
  },
  {
    name: "settled before anything is launched in its place",
    holds: (view, d) => d.action !== "relaunch" || view.generation === null || isSettled(view),
  },
  {
    name: "settled only when over, its server included",
    holds: ({ generation }, d) => !settles(d) || generation?.server === "dead",
  },
  {
    name: "settled on the record, but for a dead server of an always-on peer",
    holds: ({ generation, alwaysOn }, d) =>
      !settles(d) || generation?.end !== null || (alwaysOn && d.action === "settle-death"),
  },
  {
    name: "a deliberate end is no death",
    holds: ({ generation }, d) =>
      d.action !== "settle-death" || generation === null || !isDeliberateEnd(generation),
  },
  {
    name: "what was never started has not died",
    holds: ({ generation }, d) =>
      d.action !== "settle-death" || generation?.end?.started !== false,
  },
  {
    name: "never started only by its record",
    holds: ({ generation }, d) =>
      d.action !== "settle-unstarted" || generation?.end?.started === false,
  },
  {
    name: "under the stop flag nothing is a death",
    holds: ({ doc }, d) => d.action !== "settle-death" || !doc.stopped,
  },
  {
    name: "a death is no deliberate end",
    holds: ({ generation }, d) =>
      d.action !== "settle-deliberate" || (generation !== null && isDeliberateEnd(generation)),
  },
  {
    name: "parked only by idle-reap or stop",
    holds: ({ generation }, d) =>
      d.action !== "settle-deliberate" ||
      d.parked === ["idle", "stop"].includes(generation?.end?.reason ?? ""),
  },
  {
    name: "an end is recorded once, when over and after the witness's time",
    holds: ({ generation }, d) =>
      d.action !== "record-end" ||
      (generation !== null &&
        isOver(generation) &&
        generation.end === null &&
        generation.unwitnessedMs >= CONFIG.witnessGraceMs),
  },
  {
    name: "a server is cleared only under a recorded end",
    holds: ({ generation }, d) =>
      d.action !== "clear-server" || (generation?.end !== null && generation?.server === "alive"),
  },
];

const PROGRESS: readonly Invariant[] = [
  {
    name: "always on is settled at once when its server is dead",
    holds: (view, d) =>
      !mustRun(view) ||
      view.generation?.server !== "dead" ||
      isSettled(view) ||
      settles(d) ||
      (d.action === "record-end" && isDeliberateEnd(view.generation)),
  },
  {
    name: "always on at rest is launched",
    holds: (view, d) => {
      const { generation } = view;
      const isAtRest = generation === null || (generation.server === "dead" && isSettled(view));
      const owesRecord =
        generation?.end === null && generation.unwitnessedMs >= CONFIG.witnessGraceMs;
      if (!mustRun(view) || !isAtRest || owesRecord || isLooped(view)) return true;
      return d.action === "relaunch" || (isHeldBack(view) && !view.doc.newEager);
    },
  },
  {
    name: "an overdue session with nobody attached is reaped",
    holds: (view, d) => {
      const { generation } = view;
      const isAlone = generation?.attached === 0 || generation?.attached === "unasked";
      const isDue = isFree(view) && isUp(generation) && overdue(view) !== null && isAlone;
      return !isDue || d.action === "reap";
    },
  },
  {
    name: "a living session that is not reaped is kept up",
    holds: (view, d) => {
      const { generation } = view;
      if (!isFree(view) || !isUp(generation) || d.action === "reap") return true;
      return generation?.canary !== "dead" || d.action === "arm-canary";
    },
  },
  {
    name: "a peer is always on at most once by itself",
    holds: (view, d) =>
      d.action !== "relaunch" ||
      d.cause === "new" ||
      view.runtime === view.defaultRuntime ||
      view.doc.restart.notBeforeWall !== null,
  },
  {
    name: "a decision is about this identity and this generation",
    holds: (view, d) =>
      d.identity === view.identity && d.generation === (view.generation?.id ?? null),
  },
  {
    name: "waiting always ends in the future",
    holds: (_, d) => !("untilWall" in d) || d.untilWall > NOW.wall,
  },
];

export const INVARIANTS: readonly Invariant[] = [...SAFETY, ...ACCOUNTING, ...PROGRESS];

/** The first invariant that a decision breaks; null: none. */
export const brokenBy = (view: IdentityView, decision: Decision): string | null =>
  INVARIANTS.find((invariant) => !invariant.holds(view, decision))?.name ?? null;
