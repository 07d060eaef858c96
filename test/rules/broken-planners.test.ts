// Negative controls: every broken planner is caught by the invariant meant for it, and every
// invariant catches at least one.

import { describe, expect, test } from "bun:test";
import { examine } from "../../src/rules/plan-case.ts";
import { decideBy } from "../../src/rules/plan.ts";
import { CONFIG, NOW } from "./build.ts";
import { BROKEN_PLANNERS, type BrokenPlanner } from "./broken-planners.ts";
import { INVARIANTS } from "./invariants.ts";
import { everyWorld } from "./worlds.ts";

const TIMEOUT_MS = 60_000;

function isCaught({ breaks, entries, facts }: BrokenPlanner): boolean {
  const invariant = INVARIANTS.find(({ name }) => name === breaks);
  if (invariant === undefined) throw new Error(`no invariant "${breaks}"`);
  for (const view of everyWorld()) {
    const decision = decideBy(entries, facts(examine(view, NOW, CONFIG)));
    if (!invariant.holds(view, decision)) return true;
  }
  return false;
}

describe("is caught", () => {
  for (const planner of BROKEN_PLANNERS)
    test(planner.name, () => expect(isCaught(planner)).toBe(true), TIMEOUT_MS);
});

test("every invariant has its control", () => {
  const controlled = new Set(BROKEN_PLANNERS.map(({ breaks }) => breaks));
  const uncontrolled = INVARIANTS.map(({ name }) => name).filter((name) => !controlled.has(name));
  expect(uncontrolled).toEqual([]);
});
