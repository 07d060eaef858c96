// The supervise pass of lifecycle §4, row by row: a view, and the one decision about it.

import { describe, expect, test } from "bun:test";
import type { IdentityView } from "../../src/core/world.ts";
import { planIdentity } from "../../src/rules/plan.ts";
import {
  CODEX,
  CONFIG,
  EARLIER,
  GENERATION,
  NOW,
  ahead,
  doc,
  endedForNew,
  exited,
  launchFailed,
  parkedIdle,
  unstarted,
  vanished,
  view,
} from "./build.ts";
import { HOUR, alive, armed, ephemeral, gone, looping, rest, say } from "./cases.ts";

type Row = [what: string, given: IdentityView, decision: string];

const LINE_1: Row[] = [
  ["managed and alive", alive({ idleMs: HOUR }, { managed: true }), "none managed"],
  ["managed and gone", gone({ end: vanished }, { managed: true }), "none managed"],
  ["managed and unknown", alive({ server: "unknown" }, { managed: true }), "none managed"],
  ["managed, always on, at rest", rest({ managed: true, alwaysOn: true }), "none managed"],
];

const UNKNOWN: Row[] = [
  ["a launch is under way", gone({ end: vanished }, { launching: true }), "none launching"],
  ["server unknown, idle", alive({ server: "unknown", idleMs: HOUR }), "none liveness-unknown"],
  [
    "server unknown, end recorded",
    gone({ server: "unknown", end: exited }),
    "none liveness-unknown",
  ],
  ["pane unknown, idle", alive({ pane: "unknown", idleMs: HOUR }), "none liveness-unknown"],
  [
    "pane unknown, server dead",
    gone({ pane: "unknown", end: vanished }),
    "settle-death server-dead",
  ],
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
  ["nothing was started", gone({ end: unstarted }), "settle-unstarted"],
  ["never started, always on", gone({ end: unstarted }, { alwaysOn: true }), "settle-unstarted"],
  [
    "never started, and stopped",
    gone({ end: unstarted }, { doc: doc({ stopped: true }) }),
    "settle-unstarted",
  ],
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
    "always on, backing off as long as ever",
    rest({ alwaysOn: true }, { restart: { attempts: 9, notBeforeWall: ahead(300_000) } }),
    "none back-off",
  ],
  [
    "always on, backing off by another clock",
    rest({ alwaysOn: true }, { restart: { attempts: 2, notBeforeWall: ahead(300_001) } }),
    "relaunch always-on claude",
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
  [
    "always on, another runtime, which could not be started",
    gone(
      { end: unstarted },
      {
        alwaysOn: true,
        defaultRuntime: CODEX,
        doc: doc({ settled: GENERATION, restart: { attempts: 2, notBeforeWall: NOW.wall } }),
      },
    ),
    "none asleep",
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
  ["alive under its stop flag", alive({}, { doc: doc({ stopped: true }) }), "none alive-working"],
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
  ["pane log lost", alive({ paneLogLost: true }), "reopen-pane-log"],
  ["both lost, the canary first", alive({ paneLogLost: true, canary: "dead" }), "arm-canary"],
  ["lost, and due", alive({ paneLogLost: true, idleMs: CONFIG.idleMs }), "reap idle"],
];

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
