// The supervise pass of lifecycle §4, row by row: a view, and the one decision about it.

import { describe, expect, test } from "bun:test";
import type { Decision } from "../../src/core/decision.ts";
import type { IdentityDoc } from "../../src/core/identity-doc.ts";
import type { GenerationView, IdentityView } from "../../src/core/world.ts";
import { plan, planIdentity, superseded } from "../../src/rules/plan.ts";
import {
  CODEX,
  CONFIG,
  EARLIER,
  GENERATION,
  NOW,
  ago,
  ahead,
  doc,
  endedForNew,
  exited,
  launchFailed,
  life,
  parkedIdle,
  vanished,
  view,
} from "./build.ts";

type Row = [what: string, given: IdentityView, decision: string];

const alive = (generation: Partial<GenerationView>, rest: Partial<IdentityView> = {}) =>
  view({ ...rest, generation: life(generation) });

const dead = { server: "dead", pane: "dead", canary: "dead" } as const;

const gone = (generation: Partial<GenerationView>, rest: Partial<IdentityView> = {}) =>
  view({ ...rest, generation: life({ ...dead, ...generation }) });

/** Gone, recorded as vanished, and accounted for. */
const rest = (parts: Partial<IdentityView> = {}, memory: Partial<IdentityDoc> = {}) =>
  gone({ end: vanished }, { ...parts, doc: doc({ settled: GENERATION, ...memory }) });

const looping = { deaths: [ago(30), ago(20), ago(10)] };
const HOUR = 3_600_000;
const ephemeral = { wakePolicy: "ephemeral" } as const;
const armed = { ...ephemeral, doc: doc({ ephemeralArmed: true }) };

const LINE_1: Row[] = [
  ["managed and alive", alive({ idleMs: HOUR }, { managed: true }), "none managed"],
  ["managed and gone", gone({ end: vanished }, { managed: true }), "none managed"],
  ["managed and unknown", alive({ server: "unknown" }, { managed: true }), "none managed"],
  ["managed, always on, at rest", rest({ managed: true, alwaysOn: true }), "none managed"],
];

const UNKNOWN: Row[] = [
  ["a launch is under way", gone({ end: vanished }, { launching: true }), "none launching"],
  ["server unknown, idle", alive({ server: "unknown", idleMs: HOUR }), "none liveness-unknown"],
  ["server unknown, end recorded", gone({ server: "unknown", end: exited }), "none liveness-unknown"],
  ["pane unknown, idle", alive({ pane: "unknown", idleMs: HOUR }), "none liveness-unknown"],
  ["pane unknown, server dead", gone({ pane: "unknown", end: vanished }), "settle-death server-dead"],
  ["pane unknown, end recorded", alive({ pane: "unknown", end: exited }), "clear-server"],
];

const RECORDING: Row[] = [
  ["server dead, the witness has time", gone({ unwitnessedMs: 999 }), "none settling"],
  ["server dead, it had its time", gone({ unwitnessedMs: 1000 }), "record-end server-dead"],
  ["pane dead, the hook has time", alive({ pane: "dead", unwitnessedMs: 5 }), "none settling"],
  [
    "pane dead, no hook came",
    alive({ pane: "dead", unwitnessedMs: 1000 }),
    "record-end session-gone",
  ],
  ["exit recorded, server there", alive({ pane: "dead", end: exited }), "clear-server"],
  ["torn down halfway, all still there", alive({ end: parkedIdle }), "clear-server"],
  [
    "always on: a dead server is settled at once",
    gone({ healthMs: 5 }, { alwaysOn: true }),
    "settle-death server-dead 5",
  ],
  [
    "always on, pane dead: the server first",
    alive({ pane: "dead" }, { alwaysOn: true }),
    "none settling",
  ],
  [
    "always on, settled early: the record is still made",
    gone({ unwitnessedMs: 1000 }, { alwaysOn: true, doc: doc({ settled: GENERATION }) }),
    "record-end server-dead",
  ],
  [
    "always on but stopped waits for the record",
    gone({}, { alwaysOn: true, doc: doc({ stopped: true }) }),
    "none settling",
  ],
];

const LINES_2_AND_3: Row[] = [
  ["stopped", gone({ end: parkedIdle }, { doc: doc({ stopped: true }) }), "settle-stopped"],
  ["stopped and crashed", gone({ end: exited }, { doc: doc({ stopped: true }) }), "settle-stopped"],
  ["parked", gone({ end: parkedIdle }), "settle-deliberate true"],
  ["ended for new", gone({ end: endedForNew }), "settle-deliberate false"],
  ["vanished", gone({ end: vanished, healthMs: 77 }), "settle-death server-dead 77"],
  ["its own process ended", gone({ end: exited }), "settle-death session-gone 60000"],
  ["a failed launch", gone({ end: launchFailed }), "settle-death server-dead 60000"],
  [
    "an earlier generation was settled, this one was not",
    gone({ end: vanished }, { doc: doc({ settled: EARLIER }) }),
    "settle-death server-dead 60000",
  ],
];

const AT_REST: Row[] = [
  ["never ran", view({ generation: null, doc: doc({ generation: null }) }), "none never-ran"],
  ["asleep", rest(), "none asleep"],
  ["stopped", rest({}, { stopped: true }), "none stopped"],
  ["stopped, always on", rest({ alwaysOn: true }, { stopped: true }), "none stopped"],
  ["stopped, new-eager", rest({}, { stopped: true, newEager: true }), "none stopped"],
  ["new-eager", rest({}, { newEager: true }), "relaunch new claude"],
  [
    "new-eager on the registry's default runtime",
    rest({ defaultRuntime: CODEX }, { newEager: true }),
    "relaunch new codex",
  ],
  ["new-eager, unregistered", rest({ registered: false }, { newEager: true }), "none asleep"],
  ["new-eager, crash-looped", rest({}, { newEager: true, ...looping }), "none crash-loop"],
  ["always on", rest({ alwaysOn: true }), "relaunch always-on claude"],
  [
    "always on, never ran",
    view({ alwaysOn: true, generation: null }),
    "relaunch always-on claude",
  ],
  ["always on, unregistered", rest({ alwaysOn: true, registered: false }), "none asleep"],
  ["always on, crash-looped", rest({ alwaysOn: true }, looping), "none crash-loop"],
  ["crash-looped, not always on", rest({}, looping), "none asleep"],
  [
    "always on, backing off",
    rest({ alwaysOn: true }, { restart: { attempts: 2, notBeforeWall: ahead(1) } }),
    "none back-off",
  ],
  [
    "always on, its time has come",
    rest({ alwaysOn: true }, { restart: { attempts: 2, notBeforeWall: NOW.wall } }),
    "relaunch always-on claude",
  ],
  [
    "always on, another runtime, never ran",
    view({ alwaysOn: true, defaultRuntime: CODEX, generation: null }),
    "none never-ran",
  ],
  [
    "always on, another runtime, ended long ago",
    rest({ alwaysOn: true, defaultRuntime: CODEX }),
    "none asleep",
  ],
  [
    "always on, another runtime, died in use",
    rest(
      { alwaysOn: true, defaultRuntime: CODEX },
      { restart: { attempts: 1, notBeforeWall: NOW.wall } },
    ),
    "relaunch always-on claude",
  ],
];

const LINES_4_TO_6: Row[] = [
  ["ephemeral, replied, quiet 20 s", alive({ idleMs: 20_000 }, armed), "reap ephemeral-done"],
  ["ephemeral, replied, quiet less", alive({ idleMs: 19_999 }, armed), "none alive-working"],
  ["ephemeral, no reply, 600 s", alive({ idleMs: 600_000 }, ephemeral), "reap ephemeral-backstop"],
  ["ephemeral, no reply, less", alive({ idleMs: 599_999 }, ephemeral), "none alive-working"],
  ["idle an hour, nobody asked", alive({ idleMs: HOUR }), "reap idle"],
  ["idle an hour, nobody there", alive({ idleMs: HOUR, attached: 0 }), "reap idle"],
  ["idle less", alive({ idleMs: HOUR - 1 }), "none alive-working"],
  ["idle, attached", alive({ idleMs: HOUR, attached: 1 }), "none attached"],
  ["idle, attached unknown", alive({ idleMs: HOUR, attached: "unknown" }), "none attached-unknown"],
  ["ephemeral, done, attached", alive({ idleMs: HOUR, attached: 2 }, armed), "none attached"],
  ["idle unknown", alive({ idleMs: "unknown" }), "none idle-unknown"],
  ["always on, idle", alive({ idleMs: HOUR }, { alwaysOn: true }), "none always-on"],
  ["a living peer with its stop flag", alive({}, { doc: doc({ stopped: true }) }), "none alive-working"],
];

const LINE_7: Row[] = [
  ["canary gone", alive({ canary: "dead" }), "arm-canary"],
  ["canary unknown", alive({ canary: "unknown" }), "none alive-working"],
  ["canary gone under a human", alive({ canary: "dead", idleMs: HOUR, attached: 1 }), "arm-canary"],
  ["reaping comes before a canary", alive({ canary: "dead", idleMs: HOUR }), "reap idle"],
  [
    "pane log too long",
    alive({ paneLogBytes: CONFIG.paneLogMaxBytes + 1 }),
    `rotate-pane-log ${CONFIG.paneLogMaxBytes + 1}`,
  ],
  ["pane log full", alive({ paneLogBytes: CONFIG.paneLogMaxBytes }), "none alive-working"],
];

function say(decision: Decision): string {
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

const decided = (given: IdentityView) => planIdentity(given, NOW, CONFIG);
const check = (_: string, given: IdentityView, decision: string) =>
  expect(say(decided(given))).toStartWith(decision);

describe("line 1, managed", () => test.each(LINE_1)("%s", check));
describe("nothing on a guess", () => test.each(UNKNOWN)("%s", check));
describe("lines 2 and 3, the record", () => test.each(RECORDING)("%s", check));
describe("lines 2 and 3, settling", () => test.each(LINES_2_AND_3)("%s", check));
describe("lines 2 and 3, at rest", () => test.each(AT_REST)("%s", check));
describe("lines 4 to 6, reaping", () => test.each(LINES_4_TO_6)("%s", check));
describe("line 7, upkeep", () => test.each(LINE_7)("%s", check));

describe("when time alone changes the answer", () => {
  test.each([
    ["a witness", gone({ unwitnessedMs: 400 }), ahead(600)],
    ["idleness", alive({ idleMs: HOUR - 5 }), ahead(5)],
    ["an ephemeral's silence", alive({ idleMs: 1000 }, armed), ahead(19_000)],
    ["an ephemeral's backstop", alive({ idleMs: 1000 }, ephemeral), ahead(599_000)],
    ["a crash loop", rest({ alwaysOn: true }, looping), ahead(299_970)],
    [
      "a back-off",
      rest({ alwaysOn: true }, { restart: { attempts: 2, notBeforeWall: ahead(9) } }),
      ahead(9),
    ],
    [
      "a record, before the back-off ends",
      gone(
        { unwitnessedMs: 100 },
        {
          alwaysOn: true,
          doc: doc({ settled: GENERATION, restart: { attempts: 2, notBeforeWall: ahead(5000) } }),
        },
      ),
      ahead(900),
    ],
  ])("%s", (_, given, untilWall) => expect(decided(given)).toMatchObject({ untilWall }));

  test("and not when it does not", () => {
    expect(decided(rest())).not.toHaveProperty("untilWall");
    expect(decided(alive({ idleMs: HOUR, attached: 1 }))).not.toHaveProperty("untilWall");
  });
});

describe("plan", () => {
  test("one decision an identity, in order, none dropped", () => {
    const identities = [alive({}), rest(), gone({ end: vanished }), view({ managed: true })];
    const decisions = plan({ identities }, NOW, CONFIG);
    expect(decisions.map(say)).toEqual([
      "none alive-working",
      "none asleep",
      "settle-death server-dead 60000",
      "none managed",
    ]);
    expect(decisions).toEqual(identities.map(decided));
  });
  test("an empty world has nothing to do", () => {
    expect(plan({ identities: [] }, NOW, CONFIG)).toEqual([]);
  });
});

describe("superseded", () => {
  const idle = decided(alive({ idleMs: HOUR }));
  test.each([
    ["the same answer", idle, false],
    ["a little older", decided(alive({ idleMs: HOUR + 30 })), false],
    ["a human attached in between", decided(alive({ idleMs: HOUR, attached: 1 })), true],
    ["it moved in between", decided(alive({ idleMs: 3 })), true],
    ["another generation", decided(alive({ id: EARLIER, idleMs: HOUR })), true],
    ["reaped for another reason", decided(alive({ idleMs: HOUR }, armed)), true],
  ])("%s", (_, again, changed) => expect(superseded(idle, again)).toBe(changed));
});
