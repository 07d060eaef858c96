// Verdicts and incidents (lifecycle §4 and §5): what is claimed about an end, and how surely.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { monoMs } from "../../src/core/brand.ts";
import type { Identity } from "../../src/core/names.ts";
import {
  groupDeaths,
  incidentCause,
  staggerMs,
  type IncidentCause,
  type IncidentFacts,
} from "../../src/rules/incident.ts";
import { endVerdict, type EndFacts } from "../../src/rules/verdict.ts";

const TERM = 15;
const KILL = 9;
const SEGV = 11;

const facts = (parts: Partial<EndFacts> = {}): EndFacts => ({
  oom: "not-seen",
  sent: [],
  ...parts,
});

describe("endVerdict", () => {
  test.each<[string, EndFacts, string]>([
    ["an exit code", facts({ exitCode: 7 }), "certain"],
    ["an exit code of 0", facts({ exitCode: 0 }), "certain"],
    ["a crash signal", facts({ signal: SEGV }), "certain"],
    ["our own signal", facts({ signal: TERM, sent: [{ id: "s1", signal: TERM }] }), "certain"],
    ["the kernel named it", facts({ signal: KILL, oom: "seen", oomVictim: true }), "certain"],
    ["KILL while the OOM killer ran", facts({ signal: KILL, oom: "seen" }), "likely"],
    ["KILL under pressure", facts({ signal: KILL, memoryPressurePercent: 40 }), "likely"],
    ["KILL by someone else", facts({ signal: KILL }), "likely"],
    ["KILL, and the log cannot be read", facts({ signal: KILL, oom: "unknown" }), "unknown"],
    ["gone, and nothing was seen", facts(), "unknown"],
    ["gone while the OOM killer ran", facts({ oom: "seen" }), "likely"],
  ])("%s", (_, given, confidence) => expect(endVerdict(given)).toMatchObject({ confidence }));

  test("a kill is ours only if the end agrees with what we sent", () => {
    const sent = [
      { id: "a", signal: TERM },
      { id: "b", signal: KILL },
    ];
    expect(endVerdict(facts({ signal: TERM, sent }))).toMatchObject({ ours: true, signalId: "a" });
    expect(endVerdict(facts({ signal: KILL, sent }))).toMatchObject({ ours: true, signalId: "b" });
    expect(endVerdict(facts({ sent }))).toMatchObject({ ours: true, signalId: "b" });
    const foreign = endVerdict(facts({ signal: KILL, sent: [{ id: "a", signal: TERM }] }));
    expect(foreign).toMatchObject({ ours: false, confidence: "likely" });
    expect(foreign).not.toHaveProperty("signalId");
  });

  test("carries exactly what is known", () => {
    expect(endVerdict(facts({ oom: "unknown" }))).toEqual({
      oom: "unknown",
      ours: false,
      confidence: "unknown",
    });
    const full = { exitCode: 1, oom: "seen", memoryPressurePercent: 3, rssPeakKb: 9 } as const;
    expect(endVerdict(facts(full))).toEqual({ ...full, ours: false, confidence: "certain" });
  });
});

const death = (name: string, at: number) => ({ identity: name as Identity, atMono: monoMs(at) });

describe("groupDeaths", () => {
  const named = (windowMs: number, times: number[]) =>
    groupDeaths(
      times.map((at) => death(String(at), at)),
      windowMs,
    ).map((group) => group.map(({ identity }) => String(identity)));

  test.each<[string, number[], string[][]]>([
    ["none", [], []],
    ["one is no incident", [5], [["5"]]],
    ["within a second", [0, 400, 1000], [["0", "400", "1000"]]],
    ["a second and a bit", [0, 1001], [["0"], ["1001"]]],
    ["in any order", [1500, 0, 900], [["0", "900"], ["1500"]]],
    ["a slow chain is not one incident", [0, 900, 1800], [["0", "900"], ["1800"]]],
  ])("%s", (_, times, groups) => expect(named(1000, times)).toEqual(groups));

  test("every death is in exactly one group, and no group is longer than the window", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 })), (times) => {
        const deaths = times.map((at, index) => death(`p${index}`, at));
        const groups = groupDeaths(deaths, 1000);
        expect(groups.flat().map(({ identity }) => identity).toSorted()).toEqual(
          deaths.map(({ identity }) => identity).toSorted(),
        );
        for (const group of groups) {
          const at = group.map(({ atMono }) => atMono);
          expect(Math.max(...at) - Math.min(...at)).toBeLessThanOrEqual(1000);
        }
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});

describe("incidentCause", () => {
  const calm: IncidentFacts = { rebooted: false, oom: "not-seen", parentGone: false };
  const two = [death("a", 0), death("b", 1)];

  test.each<[string, Partial<IncidentFacts>, IncidentCause]>([
    ["another boot", { rebooted: true, oom: "seen", parentGone: true }, "reboot"],
    ["the OOM killer", { oom: "seen", parentGone: true }, "host-memory-pressure"],
    ["memory pressure", { oom: "unknown", memoryPressurePercent: 20 }, "host-memory-pressure"],
    ["little pressure", { memoryPressurePercent: 19 }, "unknown"],
    ["a common parent", { parentGone: true }, "killed-parent"],
    ["nothing in common", {}, "unknown"],
  ])("%s", (_, parts, cause) => expect(incidentCause(two, { ...calm, ...parts })).toBe(cause));

  test("one death with the OOM killer's mark speaks for all", () => {
    const marked = { ...death("c", 2), verdict: { oom: "seen" as const } };
    expect(incidentCause([...two, marked], calm)).toBe("host-memory-pressure");
  });
});

test("relaunches of an incident are staggered: the first at once, the last within 30 s", () => {
  expect([0, 1, 2].map(staggerMs)).toEqual([0, 20, 40]);
  expect(staggerMs(1_000_000)).toBe(30_000);
  expect(staggerMs(-1)).toBe(0);
});
