// Who has a daemon in hand ends what an update still owes: nothing is started later that a person
// has stopped.

import { afterAll, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { oweStart } from "../../src/flows/service/owed-start.ts";
import { Scratch } from "./fake-app.ts";

const scratch = new Scratch();
const { layout } = scratch.host;

beforeEach(() => {
  mkdirSync(layout.stateDir, { recursive: true });
  oweStart(scratch.host);
});
afterAll(() => scratch.remove());

test.each([
  ["daemon stop, of one that answers", ["stop"], true],
  ["daemon stop, of none", ["stop"], false],
  ["a daemon in a terminal", ["run"], false],
] as const)("%s ends it", async (_, words, answers) => {
  scratch.answer = answers ? () => ({}) as never : undefined;
  await scratch.type(["daemon", ...words]);
  expect(existsSync(layout.owedStart)).toBe(false);
});

test("a daemon in the background leaves it to how its starts go", async () => {
  expect(await scratch.type(["daemon", "run", "--held"])).toMatchObject({ code: 0 });
  expect(existsSync(layout.owedStart)).toBe(true);
});
