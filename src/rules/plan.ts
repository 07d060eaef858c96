// What one supervise pass does about each identity: lifecycle §4 as an ordered list, the first
// entry that matches decides. Pure, so that the same world always gives the same decisions.

import type { Config } from "../core/config.ts";
import type { Decision, NoAction } from "../core/decision.ts";
import { isCleanPark, isDeliberate, isUnstarted } from "../core/generation.ts";
import { assert } from "../core/result.ts";
import type { DeathKind, InactionReason } from "../core/states.ts";
import type { IdentityView, Now, World } from "../core/world.ts";
import { examine, type PlanCase } from "./plan-case.ts";

export { superseded } from "./superseded.ts";

export interface PlanEntry {
  readonly name: string;
  readonly when: (c: PlanCase) => boolean;
  readonly decide: (c: PlanCase) => Decision;
}

const about = (c: PlanCase) => ({
  identity: c.view.identity,
  generation: c.view.generation?.id ?? c.view.doc.generation,
});

const none =
  (why: InactionReason, until?: (c: PlanCase) => number | null) =>
  (c: PlanCase): NoAction => {
    const untilWall = c.earliest(until?.(c) ?? null);
    return { ...about(c), action: "none", why, ...(untilWall === null ? {} : { untilWall }) };
  };

const deathKind = (c: PlanCase): DeathKind =>
  c.end?.ev === "session-exit" || c.generation?.server === "alive" ? "session-gone" : "server-dead";

const settleDeath = (c: PlanCase): Decision => ({
  ...about(c),
  action: "settle-death",
  death: deathKind(c),
  healthMs: c.generation?.healthMs ?? 0,
});

const reap =
  (reason: "idle" | "ephemeral-done" | "ephemeral-backstop") =>
  (c: PlanCase): Decision => ({ ...about(c), action: "reap", reason, idleMs: c.idleMs ?? 0 });

const relaunch =
  (cause: "new" | "always-on") =>
  (c: PlanCase): Decision => ({
    ...about(c),
    action: "relaunch",
    runtime: cause === "new" ? c.view.defaultRuntime : c.view.runtime,
    cause,
  });

/** Line 1: a service manager owns it. */
const READ_ONLY: readonly PlanEntry[] = [
  { name: "managed", when: (c) => c.view.managed, decide: none("managed") },
];

/** Before the numbered lines: nothing is done on a guess, nor beside a launch (§2, §3). */
const WAITING: readonly PlanEntry[] = [
  { name: "launching", when: (c) => c.view.launching, decide: none("launching") },
  { name: "liveness unknown", when: (c) => c.unknown, decide: none("liveness-unknown") },
];

/**
 * Lines 2 and 3, first half: the session is gone, and its end must be on record and accounted
 * for once. An always-on peer does not wait for the record: a deliberate end would have been on
 * disk before its server died (§5), so a server that is dead without one died.
 */
const GONE: readonly PlanEntry[] = [
  {
    name: "always-on died, no record yet",
    when: (c) => c.mustSettle && c.end === null && c.serverDead && c.restartable && !c.stopped,
    decide: settleDeath,
  },
  {
    name: "end not recorded in time",
    when: (c) => c.gone && c.end === null && c.graceLeftMs <= 0,
    decide: (c) => ({ ...about(c), action: "record-end", death: deathKind(c) }),
  },
  {
    name: "witness still has time",
    when: (c) => c.gone && c.end === null && (c.mustSettle || !c.serverDead),
    decide: none("settling"),
  },
  {
    name: "ended, server still there",
    when: (c) => c.gone && !c.serverDead,
    decide: (c) => ({ ...about(c), action: "clear-server" }),
  },
  // Before the stop flag: of what never lived there is nothing to park.
  {
    name: "never started",
    when: (c) => c.mustSettle && c.end !== null && isUnstarted(c.end),
    decide: (c) => ({ ...about(c), action: "settle-unstarted" }),
  },
  {
    name: "gone, stop flag",
    when: (c) => c.mustSettle && c.stopped,
    decide: (c) => ({ ...about(c), action: "settle-stopped" }),
  },
  {
    name: "gone on purpose",
    when: (c) => c.mustSettle && c.end !== null && isDeliberate(c.end),
    decide: (c) => ({
      ...about(c),
      action: "settle-deliberate",
      parked: c.end !== null && isCleanPark(c.end),
    }),
  },
  { name: "died", when: (c) => c.mustSettle, decide: settleDeath },
];

/** Lines 2 and 3, second half: nothing runs, and all that ran is accounted for. */
const AT_REST: readonly PlanEntry[] = [
  { name: "stopped", when: (c) => c.atRest && c.stopped, decide: none("stopped") },
  {
    name: "crash-looped",
    when: (c) => c.atRest && c.wantsLaunch && c.crashLoop.looped,
    decide: none("crash-loop", (c) => c.crashLoop.untilWall),
  },
  {
    name: "new-eager",
    when: (c) => c.atRest && c.wantsEager,
    decide: relaunch("new"),
  },
  {
    name: "always-on, backing off",
    when: (c) => c.atRest && c.restartable && c.backOffUntil !== null,
    decide: none("back-off", (c) => c.backOffUntil),
  },
  {
    name: "always-on",
    when: (c) => c.atRest && c.restartable,
    decide: relaunch("always-on"),
  },
  {
    name: "never ran",
    when: (c) => c.atRest && c.generation === null,
    decide: none("never-ran"),
  },
  { name: "asleep", when: (c) => c.atRest, decide: none("asleep") },
];

/** Lines 4 to 6: reaping, never while a human is attached. */
const REAPING: readonly PlanEntry[] = [
  {
    name: "ephemeral, done",
    when: (c) => c.due("ephemeral-done") && c.unattended,
    decide: reap("ephemeral-done"),
  },
  {
    name: "ephemeral, backstop",
    when: (c) => c.due("ephemeral-backstop") && c.unattended,
    decide: reap("ephemeral-backstop"),
  },
  { name: "idle", when: (c) => c.due("idle") && c.unattended, decide: reap("idle") },
];

/** Line 7: upkeep of a living session. It comes before the reasons for not reaping, which may
 * hold for days. */
const UPKEEP: readonly PlanEntry[] = [
  {
    name: "canary gone",
    when: (c) => c.generation?.canary === "dead",
    decide: (c) => ({ ...about(c), action: "arm-canary" }),
  },
  {
    name: "pane log too long",
    when: (c) => c.paneLogBytes > c.config.paneLogMaxBytes,
    decide: (c) => ({ ...about(c), action: "rotate-pane-log", bytes: c.paneLogBytes }),
  },
  {
    name: "pane log lost",
    when: (c) => c.paneLogLost,
    decide: (c) => ({ ...about(c), action: "reopen-pane-log" }),
  },
];

/** Alive, and why it stays so. */
const STAYING: readonly PlanEntry[] = [
  {
    name: "due, a human is attached",
    when: (c) => c.anyDue && typeof c.generation?.attached === "number",
    decide: none("attached"),
  },
  { name: "due, attached unknown", when: (c) => c.anyDue, decide: none("attached-unknown") },
  {
    name: "always-on, alive",
    when: (c) => c.reapLimitMs === null,
    decide: none("always-on"),
  },
  { name: "idle age unknown", when: (c) => c.idleMs === null, decide: none("idle-unknown") },
  {
    name: "working",
    when: () => true,
    decide: none("alive-working", (c) => c.dueAtWall),
  },
];

export const PLAN: readonly PlanEntry[] = [
  ...READ_ONLY,
  ...WAITING,
  ...GONE,
  ...AT_REST,
  ...REAPING,
  ...UPKEEP,
  ...STAYING,
];

/** The one decision about one identity: the first entry of `entries` that matches. */
export function planIdentity(
  view: IdentityView,
  now: Now,
  config: Config,
): Decision {
  return decideBy(PLAN, examine(view, now, config));
}

/** The first match of any ordered list; the tests run broken copies of PLAN through it. */
export function decideBy(entries: readonly PlanEntry[], c: PlanCase): Decision {
  const entry = entries.find((candidate) => candidate.when(c));
  assert(entry !== undefined, `no entry of the plan fits ${c.view.identity}`);
  return entry.decide(c);
}

/** One decision an identity, in the world's order (lifecycle §4). */
export const plan = (world: World, now: Now, config: Config): Decision[] =>
  world.identities.map((view) => planIdentity(view, now, config));
