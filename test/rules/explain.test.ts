// `iapeer why` in words, and the state shown: each case names what it waits for, and the limit
// that applies to this very peer.

import { describe, expect, test } from "bun:test";
import type { IdentityView } from "../../src/core/world.ts";
import { explain, sayMs } from "../../src/rules/explain.ts";
import { peerState } from "../../src/rules/peer-state.ts";
import {
  CODEX,
  CONFIG,
  GENERATION,
  NOW,
  ahead,
  doc,
  askedFor,
  endedForNew,
  exited,
  life,
  parkedIdle,
  unstarted,
  vanished,
  view,
} from "./build.ts";

const HOUR = 3_600_000;
const dead = { server: "dead", pane: "dead" } as const;

const alive = (generation: Parameters<typeof life>[0], rest: Partial<IdentityView> = {}) =>
  view({ ...rest, generation: life(generation) });

const atRest = (end = vanished, rest: Partial<IdentityView> = {}, memory = {}) =>
  view({
    ...rest,
    generation: life({ ...dead, end }),
    doc: doc({ settled: GENERATION, ...memory }),
  });

const never = (parts: Partial<IdentityView> = {}) =>
  view({ doc: doc({ generation: null }), ...parts, generation: null });

const waiting = { attempts: 2, notBeforeWall: ahead(2000) };

type Row = [what: string, given: IdentityView, state: string, because: string, next: string];

const ALIVE: Row[] = [
  ["working", alive({ idleMs: 90_000 }), "alive", "90 s of at most 60 min (idle)", "in 59 min"],
  [
    "ephemeral",
    alive({ idleMs: 0 }, { wakePolicy: "ephemeral" }),
    "alive",
    "at most 10 min (ephemeral, no reply yet)",
    "ended for good in 10 min",
  ],
  [
    "ephemeral that replied",
    alive({ idleMs: 5000 }, { wakePolicy: "ephemeral", doc: doc({ ephemeralArmed: true }) }),
    "alive",
    "at most 20 s (ephemeral, its reply sent)",
    "in 15 s",
  ],
  [
    "ephemeral and always on",
    alive({ idleMs: 0 }, { wakePolicy: "ephemeral", alwaysOn: true }),
    "alive",
    "at most 10 min (ephemeral, no reply yet)",
    "ended and, being always on, begun afresh in 10 min",
  ],
  [
    "ephemeral and always on, by another runtime",
    alive({ idleMs: 0 }, { wakePolicy: "ephemeral", alwaysOn: true, defaultRuntime: CODEX }),
    "alive",
    "at most 10 min",
    "ended for good in 10 min",
  ],
  ["always on", alive({}, { alwaysOn: true }), "alive", "idleness does not park it", "restarted"],
  [
    "attached",
    alive({ idleMs: HOUR, attached: 1 }),
    "alive",
    "60 min, over its limit of 60 min (idle), but a terminal is attached",
    "once nobody is attached",
  ],
  [
    "attached, and not due",
    alive({ idleMs: 90_000, attached: 1 }),
    "alive",
    "90 s of at most 60 min (idle), and a terminal is attached.",
    "It is parked once nobody is attached, in 59 min at the earliest, unless it works.",
  ],
  [
    "attached twice",
    alive({ idleMs: HOUR, attached: 2 }),
    "alive",
    "2 terminals are attached",
    "parked once nobody",
  ],
  [
    "attached unknown",
    alive({ idleMs: HOUR, attached: "unknown" }),
    "alive",
    "could not be found out",
    "once it is known",
  ],
  ["idle unknown", alive({ idleMs: "unknown" }), "alive", "could not be found out", "not reaped"],
  [
    "not seen ready",
    alive({ idleMs: 90_000, unready: 'its screen shows "trust" after 120 s' }),
    "alive",
    'at most 60 min (idle). It was not seen to be ready: its screen shows "trust" after 120 s.',
    "iapeer attach ann shows what it asks, and takes the answer. It is parked in 59 min",
  ],
  ["to be reaped", alive({ idleMs: HOUR }), "alive", "over its limit of 60 min", "reaped now"],
  ["without a canary", alive({ canary: "dead" }), "alive", "canary is gone", "new canary"],
  ["a log that is lost", alive({ paneLogLost: true }), "alive", "logged no more", "new log"],
  ["a full log", alive({ paneLogBytes: 2 ** 30 }), "alive", "log is full", "rotated"],
  ["under a stop flag", alive({}, { doc: doc({ stopped: true }) }), "alive", "alive", "parked"],
];

const DOWN: Row[] = [
  ["never ran", never(), "asleep", "never run here", "A message wakes it"],
  ["parked", atRest(parkedIdle), "asleep", "parked cleanly (idle)", "A message wakes it"],
  ["ended for new", atRest(endedForNew), "asleep", "ended by us (new)", "A message wakes it"],
  ["at somebody's word", atRest(askedFor), "asleep", "(new, asked for by command-x)", "A message"],
  ["vanished", atRest(), "asleep", "tmux server died (server-vanished)", "A message wakes it"],
  ["crashed", atRest(exited), "asleep", "exit code 7). It is not always on", "A message wakes it"],
  ["unregistered", atRest(vanished, { registered: false }), "asleep", "no longer", "iapeer remove"],
  [
    "always on by another runtime",
    atRest(vanished, { alwaysOn: true, defaultRuntime: CODEX }),
    "asleep",
    "default runtime, codex",
    "iapeer wake ann -r claude wakes it",
  ],
  [
    "stopped",
    atRest(parkedIdle, {}, { stopped: true }),
    "stopped",
    "messages do not wake it",
    "iapeer start ann",
  ],
  [
    "backing off",
    atRest(vanished, { alwaysOn: true }, { restart: { attempts: 3, notBeforeWall: ahead(4000) } }),
    "asleep",
    "tmux server died (server-vanished). It is not restarted at once",
    "Tried again in 4 s.",
  ],
  ["relaunched", atRest(vanished, { alwaysOn: true }), "asleep", "died", "now (always-on)"],
];

const BETWEEN: Row[] = [
  ["managed", atRest(vanished, { managed: true }), "managed", "service manager", "its service"],
  [
    "managed, never started",
    atRest(unstarted, { managed: true }),
    "managed",
    "It could not be started: claude is not in the PATH of the session. A service manager holds it",
    "Put that right; iapeer start ann tries it now, and iapeer events --peer ann shows each try.",
  ],
  [
    "managed, never prepared",
    never({ managed: true, doc: doc({ generation: null, restart: waiting }) }),
    "managed",
    "It has never run here. A service manager holds it, and it is tried again",
    "iapeer events --peer ann",
  ],
  [
    "managed and stopped",
    atRest(vanished, { managed: true }, { stopped: true }),
    "stopped",
    "The operator stopped it",
    "iapeer start ann",
  ],
  [
    "managed, stopped, and still up",
    alive({}, { managed: true, doc: doc({ stopped: true }) }),
    "managed",
    "The operator stopped it",
    "iapeer start ann",
  ],
  ["launching", view({ launching: true }), "starting", "under way", "once its screen is ready"],
  ["unknown", alive({ server: "unknown" }), "unknown", "could not be found out", "next tick"],
  ["pane unknown", alive({ pane: "unknown" }), "unknown", "could not be found out", "next tick"],
  [
    "settling",
    alive({ ...dead, unwitnessedMs: 400 }),
    "asleep",
    "no witness",
    "within 600 ms, the daemon",
  ],
  ["unwitnessed", alive({ ...dead, unwitnessedMs: 1e4 }), "asleep", "unwitnessed", "now"],
  ["pane gone", alive({ pane: "dead", end: exited }), "asleep", "exit code 7", "is ended"],
  ["died", alive({ ...dead, end: vanished }), "asleep", "died", "death is noted"],
  ["never started", alive({ ...dead, end: unstarted }), "asleep", "not be started", "no death"],
  ["torn down", alive({ ...dead, end: endedForNew }), "asleep", "ended by us", "no death"],
  [
    "being stopped",
    alive({ ...dead, end: parkedIdle }, { doc: doc({ stopped: true }) }),
    "stopped",
    "as the operator asked",
    "parked",
  ],
];

const check = (...[, given, state, because, next]: Row) => {
  const said = explain(given, NOW, CONFIG);
  expect(peerState(given, NOW, CONFIG)).toBe(state as ReturnType<typeof peerState>);
  expect(said.because).toContain(because);
  expect(said.next).toContain(next);
};

describe("alive", () => test.each(ALIVE)("%s", check));
describe("down", () => test.each(DOWN)("%s", check));
describe("in between", () => test.each(BETWEEN)("%s", check));

test("durations are exact enough to wait by", () => {
  const said = [0, 850, 1000, 42_400, 119_000, 720_000, HOUR * 3 + 1_200_000, HOUR * 5, -1];
  expect(said.map(sayMs)).toEqual([
    "0 ms",
    "850 ms",
    "1 s",
    "42 s",
    "119 s",
    "12 min",
    "3 h 20 min",
    "5 h",
    "0 ms",
  ]);
});
