// Where no daemon runs, `why` and `status` promise nothing that only a daemon does: they say that
// one has to be started, and what it then does.

import { afterAll, beforeAll, beforeEach, expect, spyOn, test } from "bun:test";
import type { WhyPresence } from "../../src/core/snapshot.ts";
import { Scratch } from "./fake-app.ts";

const scratch = new Scratch();
const PARKED = "It is parked in 56 min, unless it works or a human attaches.";
const ALIVE = { identity: "command-bell", state: "alive", because: "It is.", decisions: [] };
const FIRST =
  "No daemon runs, and until one does nothing parks, restarts or wakes it: iapeer daemon start.";

beforeAll(async () => {
  await scratch.type(["create", "bell", "--runtime", "command", "-q", "--", "/bin/cat"]);
});
afterAll(() => scratch.remove());
beforeEach(() => {
  scratch.answer = undefined;
  scratch.silent = false;
  scratch.observe = (row) => row;
  scratch.explained = [{ ...ALIVE, next: PARKED } as unknown as WhyPresence];
});

const document = async () =>
  JSON.parse((await scratch.type(["why", "bell", "--json"])).out).presences[0];

test("why says what has to be done first, and in the document too", async () => {
  const { code, out, err } = await scratch.type(["why", "bell"]);
  expect(code).toBe(0);
  expect(out).toContain(`\n  first    ${FIRST}\n  next     ${PARKED}\n`);
  expect(err).toBe(
    "the daemon is not running: its last decisions are forgotten; next: iapeer daemon start\n",
  );
  expect(await document()).toEqual({ ...ALIVE, first: FIRST, next: PARKED });
});

test("the step is for the root that was asked about", async () => {
  const { out, err } = await scratch.type(["--root", "/some/root", "why", "bell"]);
  for (const said of [out, err]) expect(said).toContain("iapeer --root /some/root daemon start");
});

test("with a daemon it is left as it was told", async () => {
  scratch.answer = () => ({}) as never;
  expect(await document()).toEqual({ ...ALIVE, next: PARKED });
});

test("of one that is there and says nothing, nobody knows what it does", async () => {
  scratch.silent = true;
  expect(await document()).toEqual({ ...ALIVE, next: PARKED });
});

test("of a peer that a service manager holds, its holder keeps the promise", async () => {
  const asked = spyOn(scratch.host.manager, "manages").mockReturnValue(true);
  expect(await document()).toEqual({ ...ALIVE, next: PARKED });
  asked.mockRestore();
});

test.each([
  ["asleep", "iapeer daemon start comes first; iapeer why bell says what stands in its way"],
  ["managed", "iapeer why bell says when it is tried again"],
] as const)("status says of one that is %s what has to be done", async (state, hint) => {
  scratch.observe = (row) => ({
    ...row,
    runtimes: row.runtimes.map((it) => ({ ...it, state, not_started: "no such program" })),
  });
  const hints = async () =>
    JSON.parse((await scratch.type(["status", "--json"])).out)
      .troubles.filter(({ code }: { code: string }) => code === "not-started")
      .map((trouble: { hint: string }) => trouble.hint);
  expect(await hints()).toEqual([hint]);
  scratch.answer = () => ({}) as never;
  expect(await hints()).toEqual(["iapeer why bell says when it is tried again"]);
});
