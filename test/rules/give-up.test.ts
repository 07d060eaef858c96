// When to stop starting what will not stay up: five failures within ten minutes.

import { expect, test } from "bun:test";
import { wallMs } from "../../src/core/brand.ts";
import { GIVE_UP_WINDOW_MS, givingUp } from "../../src/rules/give-up.ts";

const NOW = wallMs(1_000_000_000);
const ago = (...minutes: readonly number[]) => minutes.map((m) => wallMs(NOW - m * 60_000));

test.each([
  ["none", ago(), false, 0],
  ["four", ago(1, 2, 3, 4), false, 4],
  ["five", ago(1, 2, 3, 4, 5), true, 5],
  ["five in any order", ago(5, 1, 4, 2, 3), true, 5],
  ["the fifth is too old", ago(1, 2, 3, 4, 10), false, 4],
  ["one of the future does not count", ago(-1, 1, 2, 3, 4), false, 4],
  ["seven", ago(1, 2, 3, 4, 5, 6, 7), true, 7],
] as const)("%s", (...[, failures, gaveUp, counted]) => {
  expect(givingUp(failures, NOW)).toMatchObject({ gaveUp, failures: counted });
});

test("it ends when the fifth-newest is too old to count", () => {
  const { untilWall } = givingUp(ago(1, 2, 3, 4, 5, 9), NOW);
  expect(untilWall).toBe(wallMs(NOW - 5 * 60_000 + GIVE_UP_WINDOW_MS));
  expect(givingUp(ago(1, 2, 3, 4, 5, 9), untilWall ?? NOW).gaveUp).toBe(false);
});
