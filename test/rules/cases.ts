// Views as the tests of the plan name them, and decisions in a few words.

import type { Decision } from "../../src/core/decision.ts";
import type { IdentityDoc } from "../../src/core/identity-doc.ts";
import type { GenerationView, IdentityView } from "../../src/core/world.ts";
import { GENERATION, ago, doc, life, vanished, view } from "./build.ts";

export const alive = (generation: Partial<GenerationView>, rest: Partial<IdentityView> = {}) =>
  view({ ...rest, generation: life(generation) });

const dead = { server: "dead", pane: "dead", canary: "dead" } as const;

export const gone = (generation: Partial<GenerationView>, rest: Partial<IdentityView> = {}) =>
  view({ ...rest, generation: life({ ...dead, ...generation }) });

/** Gone, recorded as vanished, and accounted for. */
export const rest = (parts: Partial<IdentityView> = {}, memory: Partial<IdentityDoc> = {}) =>
  gone({ end: vanished }, { ...parts, doc: doc({ settled: GENERATION, ...memory }) });

export const HOUR = 3_600_000;
export const looping = { deaths: [ago(30), ago(20), ago(10)] };
export const ephemeral = { wakePolicy: "ephemeral" } as const;
export const armed = { ...ephemeral, doc: doc({ ephemeralArmed: true }) };

/** `action` and what of it matters. */
export function say(decision: Decision): string {
  switch (decision.action) {
    case "none":
      return `none ${decision.why}`;
    case "settle-deliberate":
      return `${decision.action} ${decision.parked}`;
    case "settle-death":
      return `${decision.action} ${decision.death} ${decision.healthMs}`;
    case "record-end":
      return `${decision.action} ${decision.death}`;
    case "relaunch":
      return `${decision.action} ${decision.cause} ${decision.runtime}`;
    case "reap":
      return `${decision.action} ${decision.reason}`;
    case "rotate-pane-log":
      return `${decision.action} ${decision.bytes}`;
    default:
      return decision.action;
  }
}
