// `attach` on a terminal that tmux cannot draw on: said before anybody is woken where it is known,
// and what to do about it where only tmux knows.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import type { PeerRow } from "../../src/core/snapshot.ts";
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

test("one that tmux does not know: the session lives, and there is a way to it", async () => {
  const generation = "20260131T080000000Z-0001" as never;
  const identity = "command-echo" as never;
  const paths = scratch.host.layout.generation(identity, generation);
  mkdirSync(paths.dir, { recursive: true });
  const of = { personality: "echo", runtime: "command", cwd: "/", argv: ["/bin/cat"] };
  const how = { mode: "fresh", cause: "first-wake", startedWall: 1, bootId: "b", socket: "/x" };
  const start = { version: 1, identity, generation, ...of, ...how };
  writeFileSync(paths.start, JSON.stringify(start), { mode: 0o600 });
  const alive = { state: "alive", generation } as const;
  scratch.observe = (row): PeerRow => ({
    ...row,
    runtimes: row.runtimes.map((presence) => ({ ...presence, ...alive })),
  });
  const typed = ["--root", "/r", "attach", "echo"];
  const { code, err } = await scratch.type(typed, { tty: true, tmuxExit: 1 });
  const next = "TERM=xterm-256color iapeer --root /r attach echo";
  const said = `tmux ended with exit code 1; if it spoke of the terminal: ${next}\n`;
  expect({ code, err }).toEqual({ code: 1, err: said });
});
