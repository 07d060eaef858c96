// Several deaths within one second are one incident (lifecycle §4): one line, one shared id,
// the likely common cause, and relaunches that do not come all at once.

import type { MonoMs } from "../core/brand.ts";
import type { EndVerdict } from "../core/generation.ts";
import type { Identity } from "../core/names.ts";
import { isPressed } from "./verdict.ts";

export type IncidentCause = "host-memory-pressure" | "killed-parent" | "reboot" | "unknown";

export interface IncidentDeath {
  readonly identity: Identity;
  readonly atMono: MonoMs;
  readonly verdict?: Pick<EndVerdict, "oom" | "memoryPressurePercent">;
}

export interface IncidentFacts {
  /** The host has another boot id than when these lives began. */
  readonly rebooted: boolean;
  readonly oom: EndVerdict["oom"];
  readonly memoryPressurePercent?: number;
  /** A process that all of them descended from, or a group that held them, is gone too. */
  readonly parentGone: boolean;
}

/** The likely common cause, the most certain first. */
export function incidentCause(
  deaths: readonly IncidentDeath[],
  facts: IncidentFacts,
): IncidentCause {
  if (facts.rebooted) return "reboot";
  if (isShortOfMemory(facts) || deaths.some((death) => isShortOfMemory(death.verdict))) {
    return "host-memory-pressure";
  }
  return facts.parentGone ? "killed-parent" : "unknown";
}

const isShortOfMemory = (
  seen: Pick<EndVerdict, "oom" | "memoryPressurePercent"> | undefined,
): boolean => seen?.oom === "seen" || isPressed(seen?.memoryPressurePercent);

/**
 * Groups by time: a group holds what died within `windowMs` of its first. Every death is in
 * exactly one group; a group of one is no incident.
 */
export function groupDeaths<D extends { readonly identity: Identity; readonly atMono: MonoMs }>(
  deaths: readonly D[],
  windowMs: number,
): D[][] {
  const groups: D[][] = [];
  let startedAt = Number.NEGATIVE_INFINITY;
  for (const death of deaths.toSorted((a, b) => a.atMono - b.atMono)) {
    const group = groups.at(-1);
    if (group !== undefined && death.atMono - startedAt <= windowMs) {
      group.push(death);
    } else {
      groups.push([death]);
      startedAt = death.atMono;
    }
  }
  return groups;
}

const STAGGER_STEP_MS = 20;
const STAGGER_MAX_MS = 30_000;

/** How long the `index`-th relaunch of an incident waits, counted from 0; the first does not. */
export const staggerMs = (index: number): number =>
  Math.min(Math.max(0, index) * STAGGER_STEP_MS, STAGGER_MAX_MS);
