// Planners with one guard broken each, and the invariant that must notice: the controls that
// prove the invariants can fail.

import type { Decision } from "../../src/core/decision.ts";
import { wallMs } from "../../src/core/brand.ts";
import type { PlanCase } from "../../src/rules/plan-case.ts";
import { PLAN, type PlanEntry } from "../../src/rules/plan.ts";
import { CODEX, EARLIER, NOW } from "./build.ts";

export interface BrokenPlanner {
  readonly name: string;
  /** The invariant that catches it. */
  readonly breaks: string;
  readonly entries: readonly PlanEntry[];
  readonly facts: (c: PlanCase) => PlanCase;
}

type Mutation = Partial<Pick<BrokenPlanner, "entries" | "facts">>;

const broken = (name: string, breaks: string, mutation: Mutation): BrokenPlanner => ({
  name,
  breaks,
  entries: mutation.entries ?? PLAN,
  facts: mutation.facts ?? ((c) => c),
});

/** The plan without one entry; a misspelt name is an error, not a planner that works. */
function without(name: string): readonly PlanEntry[] {
  const rest = PLAN.filter((entry) => entry.name !== name);
  if (rest.length === PLAN.length) throw new Error(`the plan has no entry "${name}"`);
  return rest;
}

const rewritten = (name: string, change: (decision: Decision) => Decision) =>
  PLAN.map((entry) =>
    entry.name === name ? { ...entry, decide: (c: PlanCase) => change(entry.decide(c)) } : entry,
  );

const believing =
  (facts: Partial<PlanCase>) =>
  (c: PlanCase): PlanCase => ({ ...c, ...facts });

const isUp = (c: PlanCase) => c.generation !== null && !c.gone && !c.unknown;

const isUpkeep = (entry: PlanEntry) =>
  entry.name === "canary gone" || entry.name === "pane log too long";

const DROPPED_GUARDS: readonly BrokenPlanner[] = [
  broken("managed peers supervised", "managed is only read", { entries: without("managed") }),
  broken("acting beside a launch", "nothing is done beside a launch", {
    entries: without("launching"),
  }),
  broken("acting on unknown", "unknown never kills, restarts, reaps or records", {
    entries: without("liveness unknown"),
  }),
  broken("unknown taken for dead", "unknown never kills, restarts, reaps or records", {
    facts: (c) => (c.unknown ? { ...c, unknown: false, gone: true, mustSettle: true } : c),
  }),
  broken("stop flag forgotten at rest", "stopped is never launched", {
    entries: without("stopped"),
  }),
  broken("stop flag forgotten at the end", "under the stop flag nothing is a death", {
    entries: without("gone, stop flag"),
  }),
  broken("guard forgotten", "crash-looped is never relaunched", {
    entries: without("crash-looped"),
  }),
  broken("guard only for always-on", "crash-looped is never relaunched", {
    facts: (c) => ({ ...c, wantsLaunch: c.restartable }),
  }),
  broken("back-off forgotten", "no restart before its time", {
    entries: without("always-on, backing off"),
  }),
  broken("registry forgotten", "the unregistered is never launched", {
    facts: (c) => ({ ...c, wantsEager: c.view.doc.newEager }),
  }),
  broken("server left standing", "at most one life", {
    entries: without("ended, server still there"),
    facts: (c) => ({ ...c, atRest: c.generation === null || (c.gone && !c.mustSettle) }),
  }),
  broken("server left standing, settled", "settled only when over, its server included", {
    entries: without("ended, server still there"),
  }),
];

const BROKEN_ACCOUNTS: readonly BrokenPlanner[] = [
  broken("settled again and again", "no end is settled twice", {
    facts: (c) => ({ ...c, mustSettle: c.gone }),
  }),
  broken("launched before settled", "settled before anything is launched in its place", {
    facts: (c) => ({ ...c, mustSettle: false, atRest: c.generation === null || c.gone }),
  }),
  broken(
    "nobody waits for the witness",
    "settled on the record, but for a dead server of an always-on peer",
    { entries: without("witness still has time") },
  ),
  broken("teardowns counted as deaths", "a deliberate end is no death", {
    entries: without("gone on purpose"),
  }),
  broken("failed launches counted as deaths", "what was never started has not died", {
    entries: without("never started"),
  }),
  broken("deaths taken for failed launches", "never started only by its record", {
    entries: PLAN.map((entry) =>
      entry.name === "never started" ? { ...entry, when: (c: PlanCase) => c.mustSettle } : entry,
    ),
  }),
  broken("deaths taken for teardowns", "a death is no deliberate end", {
    entries: PLAN.map((entry) =>
      entry.name === "gone on purpose"
        ? { ...entry, when: (c: PlanCase) => c.mustSettle && !c.stopped }
        : entry,
    ),
  }),
  broken("every teardown a park", "parked only by idle-reap or stop", {
    entries: rewritten("gone on purpose", (d) =>
      d.action === "settle-deliberate" ? { ...d, parked: true } : d,
    ),
  }),
  broken("recorded too early", "an end is recorded once, when over and after the witness's time", {
    facts: believing({ graceLeftMs: 0 }),
  }),
  broken("cleared before recorded", "a server is cleared only under a recorded end", {
    entries: [
      ...PLAN.filter((entry) => entry.name === "ended, server still there"),
      ...without("ended, server still there"),
    ],
    facts: (c) => (c.view.managed || c.view.launching || c.unknown ? { ...c, gone: false } : c),
  }),
];

const BROKEN_REAPERS: readonly BrokenPlanner[] = [
  broken("reaped under a human", "a human attached is never reaped", {
    facts: believing({ unattended: true }),
  }),
  broken("attached unknown taken for none", "a human who may be attached is never reaped", {
    facts: (c) => ({ ...c, unattended: c.unattended || c.generation?.attached === "unknown" }),
  }),
  broken("idle unknown taken for ever", "an unknown idle age never reaps", {
    facts: (c) => (isUp(c) && c.idleMs === null ? { ...c, due: () => true } : c),
  }),
  broken("reaped early", "reaped only when its limit is over, for the first reason", {
    facts: (c) => (isUp(c) ? { ...c, due: (reason) => reason === "idle" } : c),
  }),
  broken("always-on parked", "reaped only when its limit is over, for the first reason", {
    facts: (c) => ({
      ...c,
      due: (reason) => c.due(reason) || (reason === "idle" && c.idleMs === c.config.idleMs),
    }),
  }),
  broken("backstop before done", "reaped only when its limit is over, for the first reason", {
    entries: without("ephemeral, done"),
  }),
  broken("the gone reaped", "only a living session is reaped or kept up", {
    entries: without("asleep"),
  }),
  broken("a canary on suspicion", "an unknown canary is left alone", {
    entries: PLAN.map((entry) =>
      entry.name === "canary gone"
        ? { ...entry, when: (c: PlanCase) => c.generation?.canary !== "alive" }
        : entry,
    ),
  }),
];

const STALLED: readonly BrokenPlanner[] = [
  broken("always-on waits for the record", "always on is settled at once when its server is dead", {
    entries: without("always-on died, no record yet"),
  }),
  broken("always-on forgotten", "always on at rest is launched", { entries: without("always-on") }),
  broken("idle never reaped", "an overdue session with nobody attached is reaped", {
    entries: without("idle"),
  }),
  broken("canary never armed", "a living session that is not reaped is kept up", {
    entries: without("canary gone"),
  }),
  broken("upkeep starved by a human", "a living session that is not reaped is kept up", {
    entries: PLAN.toSorted((a, b) => Number(isUpkeep(a)) - Number(isUpkeep(b))).toSorted(
      (a, b) => Number(a.name === "working") - Number(b.name === "working"),
    ),
  }),
  broken("every runtime kept up", "a peer is always on at most once by itself", {
    facts: (c) => ({
      ...c,
      restartable: c.view.alwaysOn && c.view.registered,
      wantsLaunch: c.wantsLaunch || (c.view.alwaysOn && c.view.registered),
    }),
  }),
  broken("launched unasked", "launched only when asked for, on the right runtime", {
    facts: believing({ restartable: true }),
  }),
  broken("launched on the wrong runtime", "launched only when asked for, on the right runtime", {
    entries: rewritten("new-eager", (d) =>
      d.action === "relaunch" ? { ...d, runtime: CODEX } : d,
    ),
  }),
  broken("another generation named", "a decision is about this identity and this generation", {
    entries: rewritten("died", (d) => ({ ...d, generation: EARLIER })),
  }),
  broken("a deadline in the past", "waiting always ends in the future", {
    entries: rewritten("working", (d) =>
      d.action === "none" ? { ...d, untilWall: wallMs(NOW.wall) } : d,
    ),
  }),
];

export const BROKEN_PLANNERS: readonly BrokenPlanner[] = [
  ...DROPPED_GUARDS,
  ...BROKEN_ACCOUNTS,
  ...BROKEN_REAPERS,
  ...STALLED,
];
