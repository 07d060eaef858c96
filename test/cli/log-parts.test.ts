// A log that is rotated while it is read (lifecycle §8): between any two looks at the disk, once or
// several times, or cut off half-way. Each line is shown once, and the follower misses none.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followEvents, pastEvents, type SeenEvent } from "../../src/cli/event-log.ts";
import { Follower } from "../../src/cli/follow.ts";
import { layout } from "../../src/core/layout.ts";
import { createFiles } from "../../src/effects/files.ts";
import type { Files } from "../../src/ports/files.ts";

const real = createFiles();
/** As many as the readers take, and a few more. */
const LOOKS_MAX = 40;
const LOOKS = Array.from({ length: LOOKS_MAX }, (_, look) => look);

let dir: string;
let paths: ReturnType<typeof layout>;
let written: number;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "iap-parts-"));
  paths = layout(dir);
  mkdirSync(paths.logsDir, { recursive: true });
  written = 0;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(): void {
  written += 1;
  appendFileSync(paths.lifecycleLog, `ts=2026-01-31T08:00:00.000Z ev=asked n=${written}\n`);
}

/** In the order in which log-file.ts moves them; `cutOff`: the last step is not taken. */
function rotate(cutOff = false): void {
  const log = paths.lifecycleLog;
  let free = 1;
  while (real.stat(`${log}.${free}`).state === "ok") free += 1;
  for (let part = free; part > 1; part -= 1) renameSync(`${log}.${part - 1}`, `${log}.${part}`);
  if (!cutOff) renameSync(log, `${log}.1`);
}

/** Calls `strike` before look number `at` that anybody takes at the disk. */
function struckAt(at: number, strike: () => void): Files {
  let looks = 0;
  const look = <T>(seen: () => T): T => {
    if (looks++ === at) strike();
    return seen();
  };
  return {
    ...real,
    stat: (path) => look(() => real.stat(path)),
    read: (path) => look(() => real.read(path)),
    readOn: (path, from, bytes) => look(() => real.readOn(path, from, bytes)),
  };
}

const numbersOf = (events: readonly SeenEvent[]) => events.map(({ fields }) => Number(fields.n));
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** Nine lines in three parts. */
function fill(): void {
  for (const last of [false, false, true]) {
    for (let line = 0; line < 3; line += 1) write();
    if (!last) rotate();
  }
}

const STRIKES = {
  "is rotated": () => {
    rotate();
    write();
  },
  "is rotated twice": () => {
    rotate();
    write();
    rotate();
    write();
  },
  "is being rotated, and nothing is in its place yet": () => rotate(),
  "is not rotated to the end": () => rotate(true),
} as const;

describe.each(Object.entries(STRIKES))("that %s", (_, strike) => {
  test.each(LOOKS)("before look %d, as it is", (at) => {
    fill();
    const shown = numbersOf(pastEvents(struckAt(at, strike), paths, {}).events);
    const inOrder = shown.toSorted((a, b) => a - b);
    expect(inOrder.slice(0, 9)).toEqual(upTo(9));
    expect(inOrder).toEqual(upTo(inOrder.length));
  });

  test.each(LOOKS.slice(1))("before look %d, followed", (at) => {
    fill();
    const follow = followEvents(struckAt(at, strike), paths);
    const before = written;
    write();
    rotate();
    write();
    const seen: number[] = [];
    for (let polls = 0; polls < 4; polls += 1) seen.push(...numbersOf(follow({})));
    write();
    for (let polls = 0; polls < 3; polls += 1) seen.push(...numbersOf(follow({})));
    // Those that were written while it began may be among them.
    expect(seen).toEqual(upTo(written).slice(-seen.length));
    expect(seen.length).toBeGreaterThanOrEqual(written - before);
  });
});

test("each look that the readers take is struck before in a case of its own", () => {
  const looksOf = (read: (files: Files) => void): number => {
    let struck = 0;
    for (const at of LOOKS) read(struckAt(at, () => (struck += 1)));
    return struck;
  };
  fill();
  for (const read of [
    (files: Files) => void pastEvents(files, paths, {}),
    (files: Files) => void followEvents(files, paths)({}),
  ]) {
    const looks = looksOf(read);
    expect(looks).toBeGreaterThan(5);
    expect(looks).toBeLessThan(LOOKS_MAX);
  }
});

test("of many parts all are shown, and nobody is told of what was there before", () => {
  for (let part = 0; part < 40; part += 1) {
    write();
    rotate();
  }
  write();
  expect(numbersOf(pastEvents(real, paths, {}).events)).toEqual(upTo(41));
  expect(followEvents(real, paths)({})).toEqual([]);
});

test("of one that was taken away no older copy is shown, and what comes in its place is", () => {
  const path = paths.lifecycleLog;
  write();
  copyFileSync(path, `${path}.1`);
  const follower = new Follower(real, path, 0);
  rmSync(path);
  expect(follower.poll()).toBe("");
  appendFileSync(path, "new\n");
  expect(follower.poll()).toBe("new\n");
});
