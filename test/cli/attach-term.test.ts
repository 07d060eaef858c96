// `attach` on a terminal that tmux cannot draw on: said before anybody is woken where it is known,
// and what to do about it where only tmux knows. And what its exit code says of an end.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import type { EndRecord } from "../../src/core/generation.ts";
import type { GenerationPaths } from "../../src/core/layout.ts";
import type { GenerationId, Identity } from "../../src/core/names.ts";
import type { PeerRow } from "../../src/core/snapshot.ts";
import { renderEndRecord } from "../../src/formats/end-record.ts";
import { END } from "../formats/record-samples.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.type(["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"]);
});
afterEach(() => scratch.remove());

test.each([
  ["", "TERM is not set"],
  ["dumb", "TERM is dumb"],
])("with TERM %j nobody is woken", async (TERM, why) => {
  scratch.answer = scratch.directAnswer;
  const { code, err } = await scratch.type(["attach", "echo"], { tty: true, env: { TERM } });
  const what = `attach needs a terminal that can be drawn on, and ${why}`;
  const next = "if it can: TERM=xterm-256color iapeer attach echo";
  expect({ code, err }).toEqual({ code: 2, err: `iapeer: ${what}; ${next}\n` });
  expect([scratch.calls, scratch.handedOver]).toEqual([[], []]);
});

const GENERATION = "20260131T080000000Z-0001" as GenerationId;
const IDENTITY = "command-echo" as Identity;

/** It is alive, as far as anybody has seen. */
function alive(): GenerationPaths {
  const [generation, identity] = [GENERATION, IDENTITY];
  const paths = scratch.host.layout.generation(identity, generation);
  mkdirSync(paths.dir, { recursive: true });
  const of = { personality: "echo", runtime: "command", cwd: "/", argv: ["/bin/cat"] };
  const how = { mode: "fresh", cause: "first-wake", startedWall: 1, bootId: "b", socket: "/x" };
  const start = { version: 1, identity, generation, ...of, ...how };
  writeFileSync(paths.start, JSON.stringify(start), { mode: 0o600 });
  const seen = { state: "alive", generation } as const;
  scratch.observe = (row): PeerRow => ({
    ...row,
    runtimes: row.runtimes.map((presence) => ({ ...presence, ...seen })),
  });
  return paths;
}

test("one that tmux does not know: the session lives, and there is a way to it", async () => {
  alive();
  const typed = ["--root", "/r", "attach", "echo"];
  const { code, err } = await scratch.type(typed, { tty: true, tmuxExit: 1 });
  const next = "TERM=xterm-256color iapeer --root /r attach echo";
  const said = `tmux ended with exit code 1; if it spoke of the terminal: ${next}\n`;
  expect({ code, err }).toEqual({ code: 1, err: said });
});

test("one whose tmux gives no answer is not handed a terminal", async () => {
  alive();
  const detail = "its tmux server gives no answer";
  scratch.host.tmux.query = () => Promise.resolve({ state: "unknown", detail });
  const { code, err } = await scratch.type(["attach", "echo"], { tty: true });
  const why = `  why: ${detail}\n  next: iapeer why echo\n`;
  expect({ code, err }).toEqual({
    code: 1,
    err: `iapeer: command-echo cannot be attached to\n${why}`,
  });
  expect(scratch.handedOver).toEqual([]);
});

test("where there is no tmux, that is said, and not of its server", async () => {
  alive();
  const { tmux } = scratch.host;
  tmux.query = () => Promise.resolve({ state: "unknown", detail: "/t: no such program" });
  tmux.version = () => Promise.resolve({ state: "missing", detail: "/t is not there" });
  const { code, err } = await scratch.type(["attach", "echo"], { tty: true });
  expect(code).toBe(1);
  expect(err).toStartWith("iapeer: tmux cannot be used\n  why: /t is not there\n  next: install");
});

const verdict = { oom: "unknown", ours: false, confidence: "certain" } as const;
const OF_IT = { identity: IDENTITY, generation: GENERATION, verdict } as const;
const MINE = { version: 1, ts: END.ts, by: "hook", ...OF_IT } as const;
const STOPPED = { ...MINE, ev: "teardown", reason: "stop" } as const;

test.each<[number, string, EndRecord]>([
  [0, "its process has exited with code 0", { ...MINE, ev: "session-exit", deadStatus: 0 }],
  [0, "ended by iapeer (stop)", STOPPED],
  [0, "ended by iapeer (idle)", { ...STOPPED, reason: "idle" }],
  [1, "its process has exited with code 7", { ...MINE, ev: "session-exit", deadStatus: 7 }],
  [1, "its process has exited with signal 15", { ...MINE, ev: "session-exit", deadSignal: 15 }],
  [1, "ended by iapeer (session-gone)", { ...STOPPED, reason: "session-gone" }],
  [1, "its tmux server is gone (server-vanished)", { ...END, ...OF_IT }],
])("it ends with exit code %d where %s", async (exit, how, end) => {
  writeFileSync(alive().end, renderEndRecord(end), { mode: 0o600 });
  const { code, err } = await scratch.type(["attach", "echo"], { tty: true, tmuxExit: 1 });
  expect(err).toBe(`command-echo has ended: ${how}; iapeer why echo says more\n`);
  expect(code).toBe(exit);
});
