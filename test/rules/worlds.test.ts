// Every small world against the written invariants; and whether deciding and acting come to rest.

import { expect, test } from "bun:test";
import { examine } from "../../src/rules/plan-case.ts";
import { peerState } from "../../src/rules/peer-state.ts";
import { explain } from "../../src/rules/explain.ts";
import { PLAN, planIdentity, superseded } from "../../src/rules/plan.ts";
import { CONFIG, NOW } from "./build.ts";
import { brokenBy } from "./invariants.ts";
import { afterwards } from "./model.ts";
import { everyDoc, everyGeneration, everyWorld } from "./worlds.ts";

const TIMEOUT_MS = 120_000;
const STEPS_MAX = 4;

test(
  "every world keeps every invariant, and comes to rest within four steps",
  () => {
    let worlds = 0;
    for (const start of everyWorld()) {
      worlds += 1;
      let view = start;
      let decision = planIdentity(view, NOW, CONFIG);
      const path: string[] = [];
      while (decision.action !== "none") {
        path.push(decision.action);
        const broken = brokenBy(view, decision);
        if (broken !== null) expect({ broken, view, decision }).toBeNull();
        if (path.length > STEPS_MAX) expect({ restless: path, start }).toBeNull();
        view = afterwards(view, decision);
        decision = planIdentity(view, NOW, CONFIG);
      }
      const broken = brokenBy(view, decision);
      if (broken !== null) expect({ broken, view, decision }).toBeNull();
      const settlings = path.filter((action) => action.startsWith("settle-")).length;
      const lives = path.includes("relaunch") ? 2 : 1;
      if (settlings > lives) expect({ settledTwice: path, start }).toBeNull();
    }
    expect(worlds).toBeGreaterThan(400_000);
  },
  TIMEOUT_MS,
);

test(
  "every entry of the plan decides about some world",
  () => {
    const silent = new Set(PLAN.map((entry) => entry.name));
    expect(silent.size).toBe(PLAN.length);
    for (const view of everyWorld()) {
      const c = examine(view, NOW, CONFIG);
      const name = PLAN.find((entry) => entry.when(c))?.name;
      if (name !== undefined) silent.delete(name);
      if (silent.size === 0) break;
    }
    expect([...silent]).toEqual([]);
  },
  TIMEOUT_MS,
);

/** A thin slice of the worlds, for what costs more than a decision. */
function* someWorlds(step: number) {
  let index = 0;
  for (const view of everyWorld()) if (index++ % step === 0) yield view;
}

test("the same world gives the same decision, which supersedes nothing", () => {
  for (const view of someWorlds(97)) {
    const [first, second] = [planIdentity(view, NOW, CONFIG), planIdentity(view, NOW, CONFIG)];
    expect(second).toEqual(first);
    expect(superseded(first, second)).toBe(false);
  }
});

test("the state shown agrees with the decision", () => {
  for (const view of someWorlds(31)) {
    const state = peerState(view, NOW, CONFIG);
    const decision = planIdentity(view, NOW, CONFIG);
    if (state === "alive") expect(decision.action).toMatch(/^(none|reap|arm-|rotate-|reopen-)/);
    if (state === "managed" || state === "starting" || state === "unknown")
      expect(decision.action).toBe("none");
    if (state === "stopped" || state === "crash-looped") {
      expect(decision.action).not.toBe("relaunch");
    }
  }
});

test("every world is explained in whole sentences", () => {
  for (const view of someWorlds(31)) {
    const { because, next } = explain(view, NOW, CONFIG);
    for (const sentence of [because, next]) {
      expect(sentence).toMatch(/^[A-Z"i].*\.$/);
      expect(sentence).not.toMatch(/undefined|null|NaN|\.\.| {2}/);
    }
  }
});

test("the enumeration is as large as it claims", () => {
  expect(everyDoc()).toHaveLength(2 ** 5 * 3);
  expect(everyGeneration()).toHaveLength(391);
});
