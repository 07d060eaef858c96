// The remedies that `iapeer why` names: what is known to be put right comes first, and each command
// is about the very presence that it is said of.

import { describe, expect, test } from "bun:test";
import type { Identity, Personality } from "../../src/core/names.ts";
import type { Hints, IdentityView } from "../../src/core/world.ts";
import { explain } from "../../src/rules/explain.ts";
import {
  CODEX,
  CONFIG,
  GENERATION,
  NOW,
  ago,
  ahead,
  doc,
  end,
  exited,
  life,
  parkedIdle,
  unstarted,
  vanished,
  view,
} from "./build.ts";

const dead = { server: "dead", pane: "dead" } as const;

const down = (last = parkedIdle, rest: Partial<IdentityView> = {}, memory = {}) =>
  view({
    ...rest,
    generation: life({ ...dead, end: last }),
    doc: doc({ settled: GENERATION, ...memory }),
  });

const nextOf = (given: IdentityView, hints: Hints = {}) =>
  explain({ ...given, hints }, NOW, CONFIG).next;

const looping = { deaths: [ago(30_000), ago(20_000), ago(10_000)] };
const pausing = { restart: { attempts: 3, notBeforeWall: ahead(4000) } };
const always = { alwaysOn: true };
const managed = { managed: true };

describe("what is to be put right", () => {
  const remedy = "install it, or give IAPEER_PROGRAM=/its/path in /p/launch.env";
  const Remedy = `I${remedy.slice(1)}`;

  test.each([
    ["asleep", down(unstarted), `${Remedy}; iapeer wake ann tries it again.`],
    [
      "backing off",
      down(unstarted, always, pausing),
      `${Remedy}; it is tried again in 4 s, or at once by iapeer wake ann.`,
    ],
    [
      "never prepared",
      view({ generation: null, doc: doc({ generation: null }), unlaunched: "no" }),
      `${Remedy}; iapeer wake ann tries it again.`,
    ],
    [
      "crash-looped",
      down(unstarted, {}, looping),
      `${Remedy}; it cools down in 5 min; iapeer new ann starts it afresh now.`,
    ],
    [
      "held",
      down(unstarted, managed),
      `${Remedy}; iapeer start ann tries it now, and iapeer events --peer ann shows each try.`,
    ],
    [
      "given up on",
      down(unstarted, managed, { gaveUpWall: ago(1000) }),
      `${Remedy}; iapeer new ann starts it again.`,
    ],
    ["unknown", view({ generation: life({ server: "unknown" }) }), `${Remedy}; it is looked at `],
  ])("%s", (...[, given, next]) => {
    expect(nextOf(given, { remedy })).toStartWith(next);
    // Without it nothing else is named in its place.
    expect(nextOf(given)).not.toContain("nstall");
    expect(nextOf(given)).not.toContain("names the remedy");
  });

  test("one whose own process ended badly has something to read", () => {
    const logs = "iapeer logs ann shows what it printed. ";
    expect(nextOf(down(exited))).toBe(`${logs}A message wakes it, as does iapeer wake ann.`);
    expect(nextOf(down(exited, always, pausing))).toBe(`${logs}Tried again in 4 s.`);
    const well = end({ ev: "session-exit", deadStatus: 0 });
    for (const other of [well, vanished, parkedIdle]) {
      expect(nextOf(down(other))).toBe("A message wakes it, as does iapeer wake ann.");
    }
  });
});

describe("held by a service manager", () => {
  test("one that is up, and one that is down", () => {
    const up = "iapeer stop ann and iapeer start ann go through its service.";
    expect(nextOf(view(managed))).toBe(up);
    expect(nextOf(down(vanished, managed))).toBe("iapeer start ann starts it through its service.");
  });

  test("what is not iapeer's is not said to obey it", () => {
    const hints = { foreignJob: "/etc/ann.service" };
    for (const given of [view(managed), down(unstarted, managed, { stopped: true })]) {
      const said = explain({ ...given, hints }, NOW, CONFIG);
      expect(said.because).toContain("/etc/ann.service, which is not iapeer's");
      expect(said.next).not.toContain("iapeer ");
    }
  });
});

describe("another presence of it is alive", () => {
  const aliveElsewhere = ["codex-ann" as Identity];
  const told = (given: IdentityView) => nextOf(given, { aliveElsewhere });

  test("the default one says who gets a message, and how it is woken itself", () => {
    expect(told(down())).toBe(
      "codex-ann is alive: a message goes to that one, as does iapeer wake ann. " +
        "iapeer wake ann -r claude wakes this one.",
    );
    expect(told(down(exited))).toStartWith("iapeer logs ann -r claude shows");
    expect(told(view({ generation: null, doc: doc({ generation: null }) }))).toContain("-r claude");
  });

  test.each([
    ["stopped", down(parkedIdle, {}, { stopped: true }), "iapeer start ann -r claude"],
    ["crash-looped", down(vanished, {}, looping), "iapeer new ann -r claude"],
    ["never started", down(unstarted), "iapeer wake ann -r claude"],
    ["held", down(unstarted, managed), "iapeer start ann -r claude"],
  ])("%s", (...[, given, command]) => expect(told(given)).toContain(command));

  test("one that is not the default one, or is alive itself, is as it was", () => {
    const other = down(parkedIdle, { defaultRuntime: CODEX });
    expect(told(other)).toBe("iapeer wake ann -r claude wakes it.");
    const unready = view({ generation: life({ unready: "trust" }) });
    expect(told(unready)).toStartWith("iapeer attach ann shows");
  });

  test("a name with a dash is no runtime", () => {
    const given = { ...down(), personality: "mid-ann" as Personality };
    const hints = { aliveElsewhere: ["codex-mid-ann" as Identity] };
    expect(nextOf(given, hints)).toContain("iapeer wake mid-ann -r claude wakes this one.");
  });
});
