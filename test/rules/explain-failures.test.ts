// `iapeer why` about launches that came to nothing and about crash loops: what to put right comes
// before how it is tried again.

import { describe, expect, test } from "bun:test";
import type { IdentityView } from "../../src/core/world.ts";
import { explain } from "../../src/rules/explain.ts";
import { peerState } from "../../src/rules/peer-state.ts";
import {
  CONFIG,
  GENERATION,
  NOW,
  ago,
  ahead,
  doc,
  exited,
  life,
  unstarted,
  vanished,
  view,
} from "./build.ts";

const looping = [ago(30_000), ago(20_000), ago(10_000)];

const atRest = (end = vanished, rest: Partial<IdentityView> = {}, memory = {}) =>
  view({
    ...rest,
    generation: life({ server: "dead", pane: "dead", end }),
    doc: doc({ settled: GENERATION, ...memory }),
  });

const never = (parts: Partial<IdentityView> = {}) =>
  view({ doc: doc({ generation: null }), ...parts, generation: null });

type Row = [what: string, given: IdentityView, state: string, because: string, next: string];

const LOOPED: Row[] = [
  [
    "crash-looped, always on",
    atRest(vanished, { alwaysOn: true }, { deaths: looping }),
    "crash-looped",
    "3 times within 5 min: it is neither restarted nor woken",
    "cools down in 5 min; iapeer new ann",
  ],
  [
    "crash-looped by its own exits",
    atRest(exited, { alwaysOn: true }, { deaths: looping }),
    "crash-looped",
    "Its own process ended (exit code 7). It died at least 3 times",
    "iapeer logs ann shows what it printed. It cools down",
  ],
  [
    "crash-looped, its records gone",
    never({ doc: doc({ generation: null, deaths: looping }) }),
    "crash-looped",
    "It died at least 3 times",
    "iapeer logs ann",
  ],
  [
    "crash-looped, and stopped",
    atRest(vanished, {}, { deaths: looping, stopped: true }),
    "stopped",
    "The operator stopped it",
    "iapeer new ann starts it afresh now, and iapeer start ann once it has cooled, in 5 min.",
  ],
  [
    "crash-looped, by messages",
    atRest(vanished, {}, { deaths: looping }),
    "crash-looped",
    "neither restarted nor woken",
    "iapeer new ann",
  ],
];

const UNSTARTED: Row[] = [
  [
    "backing off from a launch that failed",
    atRest(unstarted, { alwaysOn: true }, { restart: { attempts: 3, notBeforeWall: ahead(4000) } }),
    "asleep",
    "It could not be started: claude is not in the PATH of the session. It is not",
    "Put that right; it is tried again in 4 s, or at once by iapeer wake ann.",
  ],
  [
    "could not be started",
    atRest(unstarted),
    "asleep",
    "session. It is not always",
    "Put that right; iapeer wake ann tries it again.",
  ],
  [
    "could not be prepared",
    never({ unlaunched: "launch.env: line 1 is no assignment" }),
    "asleep",
    "Its latest launch came to nothing: launch.env: line 1 is no assignment. It is not always",
    "Put that right; iapeer wake ann tries it again.",
  ],
  [
    "could not be started, and is gone from the registry",
    atRest(unstarted, { registered: false }),
    "asleep",
    "no longer",
    "iapeer remove",
  ],
];

const check = (...[, given, state, because, next]: Row) => {
  const said = explain(given, NOW, CONFIG);
  expect(peerState(given, NOW, CONFIG)).toBe(state as ReturnType<typeof peerState>);
  expect(said.because).toContain(because);
  expect(said.next).toContain(next);
};

describe("crash-looped", () => test.each(LOOPED)("%s", check));
describe("never started", () => test.each(UNSTARTED)("%s", check));
