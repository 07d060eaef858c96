// A table on a screen that is too small for it: the head stays, the rest scrolls, and what is not
// to be seen is counted.

import { expect, test } from "bun:test";
import { fitted, scrolled, type Window } from "../../src/cli/render/window.ts";

const HEAD = ["daemon", "peers", "", "NAME"];
const windowOf = (length: number, from = 0): Window => ({
  head: HEAD,
  body: Array.from({ length }, (_, at) => `line ${at}`),
  from,
});

test("all of it where there is room", () => {
  const window = windowOf(20);
  expect(fitted(window, { rows: 24, columns: 80 })).toEqual([...HEAD, ...window.body]);
});

test("the last line says how many there are above and below", () => {
  const size = { rows: 9, columns: 80 };
  const shown = (from: number) => fitted(windowOf(10, from), size).slice(4);
  const lines = (from: number) => windowOf(10).body.slice(from, from + 4);
  expect(shown(0)).toEqual([...lines(0), "… 6 below: arrow keys scroll"]);
  expect(shown(2)).toEqual([...lines(2), "… 2 above, 4 below: arrow keys scroll"]);
  expect(shown(99)).toEqual([...lines(6), "… 6 above: arrow keys scroll"]);
  expect(fitted(windowOf(10), size).slice(0, 4)).toEqual(HEAD);
});

test("a screen without room for the head is not left", () => {
  const lines = fitted(windowOf(10), { rows: 3, columns: 60 });
  expect(lines).toEqual(["daemon", "peers", "… 12 more: a taller terminal, or iapeer list"]);
  const list = "iapeer --root /r list";
  expect(fitted(windowOf(10), { rows: 3, columns: 60 }, list).at(-1)).toEndWith(list);
  expect(fitted(windowOf(10), { rows: 1, columns: 80 })).toHaveLength(1);
  for (const rows of [1, 3, 6]) {
    for (const line of fitted(windowOf(10), { rows, columns: 10 })) {
      expect(line.length).toBeLessThanOrEqual(10);
    }
  }
});

test("each line is cut at the edge of the screen", () => {
  const window = { head: ["a head that is long"], body: ["and so is this one"], from: 0 };
  expect(fitted(window, { rows: 5, columns: 8 })).toEqual(["a head …", "and so …"]);
});

test.each([
  ["\u001b[B", 3],
  ["\u001bOB", 3],
  ["j\u001b[B\u001b[B", 5],
  ["\u001b[A", 1],
  ["kkkkk", 0],
  ["\u001b[6~", 5],
  ["\u001b[5~", 0],
  [" ", 5],
  ["G", 6],
  ["\u001b[F\u001b[A", 5],
  ["\u001b[H", 0],
  ["\u001b[4~\u001b[1~\u001b[4~", 6],
  ["x\u001b\u001b[C", 2],
])("%j", (keys, from) => {
  expect(scrolled(windowOf(10, 2), 9, keys)).toBe(from);
});

test("nothing scrolls where all of it is to be seen, or nothing is known yet", () => {
  expect(scrolled(windowOf(10), 24, "G")).toBe(0);
  expect(scrolled({ head: [], body: [], from: 0 }, 24, "G")).toBe(0);
});
