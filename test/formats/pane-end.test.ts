// tmux's answer about a pane's process, with a number or with macOS's name of a signal.

import { expect, test } from "bun:test";

import { parsePaneEnd, type PaneEnd } from "../../src/formats/pane-end.ts";

const CASES: readonly (readonly [string, PaneEnd])[] = [
  ["7,\n", { exitCode: 7 }],
  ["0,", { exitCode: 0 }],
  [",9", { signal: 9 }],
  [",kill", { signal: 9 }],
  [",usr1", { signal: 30 }],
  [",", {}],
  [",0", {}],
  ["", {}],
  ["x,constructor", {}],
];

test.each(CASES)("%j", (text, end) => {
  expect(parsePaneEnd(text)).toEqual(end);
});
