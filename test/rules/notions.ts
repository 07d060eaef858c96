// What the invariants say of a view and a decision, in notions of their own: the plan's would make
// it its own judge.

import type { Decision } from "../../src/core/decision.ts";
import type { GenerationView, IdentityView } from "../../src/core/world.ts";
import { CONFIG, NOW } from "./build.ts";

/** Teardown reasons that are no deaths; `launch-failed` and `session-gone` are. */
const DELIBERATE = ["idle", "stop", "new", "ephemeral-done", "ephemeral-backstop"];
const SETTLING = ["settle-stopped", "settle-deliberate", "settle-death", "settle-unstarted"];
const DRASTIC = [...SETTLING, "reap", "clear-server", "relaunch", "record-end"];

export const isDrastic = (decision: Decision) => DRASTIC.includes(decision.action);
export const settles = (decision: Decision) => SETTLING.includes(decision.action);

export const isUp = (life: GenerationView | null) =>
  life !== null && life.server === "alive" && life.pane === "alive" && life.end === null;

export const isOver = (life: GenerationView) =>
  life.server === "dead" ||
  (life.server === "alive" && (life.pane === "dead" || life.end !== null));

export const isUnknown = (life: GenerationView | null) =>
  life?.server === "unknown" ||
  (life?.server === "alive" && life.pane === "unknown" && life.end === null);

export const isLooped = (view: IdentityView) =>
  view.doc.deaths.filter((death) => NOW.wall - death < CONFIG.crashLoopWindowMs).length >=
  CONFIG.crashLoopMax;

export const isHeldBack = ({ doc }: IdentityView) =>
  doc.restart.notBeforeWall !== null && doc.restart.notBeforeWall > NOW.wall;

export const isDeliberateEnd = (life: GenerationView) =>
  DELIBERATE.includes(life.end?.reason ?? "");

export const isSettled = (view: IdentityView) =>
  view.generation !== null && view.doc.settled === view.generation.id;

/** An idle limit that is over, in the contract's order; null: none is. */
export function overdue(view: IdentityView): string | null {
  const idleMs = view.generation?.idleMs;
  if (typeof idleMs !== "number") return null;
  const isEphemeral = view.wakePolicy === "ephemeral";
  if (isEphemeral && view.doc.ephemeralArmed && idleMs >= CONFIG.ephemeralQuietMs)
    return "ephemeral-done";
  if (isEphemeral && idleMs >= CONFIG.ephemeralUnarmedIdleMs) return "ephemeral-backstop";
  return !view.alwaysOn && idleMs >= CONFIG.idleMs ? "idle" : null;
}

/** The daemon may act on it at all. */
export const isFree = (view: IdentityView) =>
  !view.managed && !view.launching && !isUnknown(view.generation);

/** Always on, on its default runtime, and nothing stands in the way of a launch. */
export const mustRun = (view: IdentityView) =>
  isFree(view) &&
  view.alwaysOn &&
  view.registered &&
  view.runtime === view.defaultRuntime &&
  !view.doc.stopped;
