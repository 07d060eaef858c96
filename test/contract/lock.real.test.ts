// Locks between real processes: nothing lost, the dead taken over from, the suspended not.

import { afterEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";

import { createClock } from "../../src/effects/clock.ts";
import { createLock } from "../../src/effects/lock.ts";
import { lockSuite } from "./lock.suite.ts";
import { endAll, endChild, spawnArgv, until } from "./real-processes.ts";

const folders: string[] = [];
afterEach(async () => {
  await endAll();
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const dir = mkdtempSync(`${tmpdir()}/iapeer-lock-`);
  folders.push(dir);
  return dir;
}

const clock = createClock();

lockSuite("host", () => {
  const dir = temporaryFolder();
  return {
    lock: createLock(),
    path: `${dir}/registry.json`,
    otherPath: `${dir}/other.json`,
    settle: (work) => work,
    pass: (ms) => clock.sleep(ms),
  };
});

const program = (name: string) => `${import.meta.dir}/programs/${name}.ts`;
const counter = (file: string, rounds: number) =>
  spawnArgv([process.execPath, program("lock-counter"), file, String(rounds)]);

async function countTogether(file: string, writers: number): Promise<unknown[]> {
  const children = Array.from({ length: writers }, () => counter(file, 10));
  return Promise.all(children.map(async (child) => JSON.parse(await child.firstLine())));
}

const CLEAN = { intruders: 0, failures: 0 };

test("twenty processes lose nothing", async () => {
  const file = `${temporaryFolder()}/count`;
  writeFileSync(file, "0");
  const answers = await countTogether(file, 20);
  expect(answers).toEqual(Array.from({ length: 20 }, () => CLEAN));
  expect(readFileSync(file, "utf8")).toBe("200");
}, 60_000);

async function holder(file: string) {
  const child = spawnArgv([process.execPath, program("lock-holder"), file], { stdin: "pipe" });
  expect(await child.firstLine()).toBe("held");
  return child;
}

describe("a holder that has been killed", () => {
  test("is taken over from within a few seconds, by one at a time", async () => {
    const file = `${temporaryFolder()}/count`;
    writeFileSync(file, "0");
    await endChild((await holder(file)).pid);
    const started = clock.mono();
    const answers = await countTogether(file, 6);
    expect(answers).toEqual(Array.from({ length: 6 }, () => CLEAN));
    expect(readFileSync(file, "utf8")).toBe("60");
    expect(clock.mono() - started).toBeLessThan(15_000);
  }, 60_000);

  test("a lock that somebody else's program has left is taken over too", async () => {
    const file = `${temporaryFolder()}/count`;
    mkdirSync(`${file}.lock`);
    const longAgo = new Date(clock.wall() - 60_000);
    utimesSync(`${file}.lock`, longAgo, longAgo);
    const outcome = await createLock().withLock(file, () => Promise.resolve("mine"), 1000);
    expect(outcome).toEqual({ ok: true, value: "mine" });
  });
});

/** As a program that ended long ago leaves it, or one that ended before the clock went back. */
function leaveLock(file: string, agoMs: number): void {
  mkdirSync(`${file}.lock`);
  const then = new Date(clock.wall() - agoMs);
  utimesSync(`${file}.lock`, then, then);
}

describe("a lock that the dead have left", () => {
  test.each([
    ["before the clock went back", -3_600_000, false],
    ["with a file of somebody else's in it", 60_000, true],
    ["with both", -3_600_000, true],
  ])("%s is taken over at once, by one at a time", async (_, agoMs, filled) => {
    const file = `${temporaryFolder()}/count`;
    writeFileSync(file, "0");
    leaveLock(file, agoMs);
    if (filled) {
      mkdirSync(`${file}.lock/folder`);
      for (const name of [".DS_Store", "folder/file"]) writeFileSync(`${file}.lock/${name}`, "x");
      const then = new Date(clock.wall() - agoMs);
      utimesSync(`${file}.lock`, then, then);
    }
    const started = clock.mono();
    expect(await createLock().withLock(file, () => Promise.resolve(1), 1000)).toMatchObject({
      ok: true,
    });
    expect(clock.mono() - started).toBeLessThan(1000);
    leaveLock(file, agoMs);
    expect(await countTogether(file, 6)).toEqual(Array.from({ length: 6 }, () => CLEAN));
    expect(readFileSync(file, "utf8")).toBe("60");
  }, 60_000);

  test("one of a moment ago is not", async () => {
    const file = `${temporaryFolder()}/count`;
    for (const agoMs of [1000, -1000]) {
      leaveLock(file, agoMs);
      const outcome = await createLock().withLock(file, () => Promise.resolve(1), 50);
      expect(outcome.ok).toBe(false);
      rmdirSync(`${file}.lock`);
    }
  });
});

test("twenty processes lose nothing while every lock looks like one from the future", async () => {
  const file = `${temporaryFolder()}/count`;
  writeFileSync(file, "0");
  const done = countTogether(file, 20);
  let isDone = false;
  void done.finally(() => (isDone = true));
  while (!isDone) {
    const then = new Date(clock.wall() + 3_600_000);
    try {
      utimesSync(`${file}.lock`, then, then);
    } catch (error) {
      // Nobody has it at this moment.
      expect(String(error)).toContain("ENOENT");
    }
    await clock.sleep(0);
  }
  expect(await done).toEqual(Array.from({ length: 20 }, () => CLEAN));
  expect(readFileSync(file, "utf8")).toBe("200");
}, 60_000);

test("what somebody puts into a lock that is held goes with it", async () => {
  const dir = temporaryFolder();
  const lock = createLock();
  const outcome = await lock.withLock(`${dir}/doc`, () => {
    writeFileSync(`${dir}/doc.lock/.DS_Store`, "x");
    return Promise.resolve(1);
  });
  expect(outcome).toEqual({ ok: true, value: 1 });
  expect(existsSync(`${dir}/doc.lock`)).toBe(false);
});

test("a holder that is suspended keeps a lock that looks like one from the future", async () => {
  const file = `${temporaryFolder()}/count`;
  const child = await holder(file);
  process.kill(child.pid, "SIGSTOP");
  const then = new Date(clock.wall() + 3_600_000);
  utimesSync(`${file}.lock`, then, then);
  const outcome = await createLock().withLock(file, () => Promise.resolve("stolen"), 300);
  expect(outcome.ok).toBe(false);
}, 30_000);

test("a holder that is only suspended keeps its lock, however old it looks", async () => {
  const file = `${temporaryFolder()}/count`;
  const child = await holder(file);
  process.kill(child.pid, "SIGSTOP");
  const outcome = await createLock().withLock(file, () => Promise.resolve("stolen"), 5500);
  expect(outcome.ok).toBe(false);
  process.kill(child.pid, "SIGCONT");
  child.say("go on\n");
  expect(JSON.parse(await child.line(1))).toEqual({ ok: true, value: "go on" });
  const after = await createLock().withLock(file, () => Promise.resolve("mine"), 1000);
  expect(after).toEqual({ ok: true, value: "mine" });
}, 30_000);

describe("what goes wrong is an answer", () => {
  test("a lock that somebody has taken away under the work", async () => {
    const file = `${temporaryFolder()}/count`;
    const lock = createLock();
    const outcome = await lock.withLock(file, async () => {
      rmdirSync(`${file}.lock`);
      await clock.sleep(1500);
    });
    expect(outcome).toMatchObject({ ok: false });
    expect(await lock.withLock(file, () => Promise.resolve(1))).toEqual({ ok: true, value: 1 });
  }, 15_000);

  test("a place where nothing can be locked, at once", async () => {
    const dir = temporaryFolder();
    writeFileSync(`${dir}/file`, "x");
    const started = clock.mono();
    const outcome = await createLock().withLock(`${dir}/file/below`, () => Promise.resolve(1));
    expect(outcome.ok).toBe(false);
    expect(clock.mono() - started).toBeLessThan(5000);
  });

  test("a missing folder is made, closed to others", async () => {
    const file = `${temporaryFolder()}/a/b/doc.json`;
    expect((await createLock().withLock(file, () => Promise.resolve(1))).ok).toBe(true);
  });
});

test("nothing is left behind", async () => {
  const dir = temporaryFolder();
  await createLock().withLock(`${dir}/doc`, () => Promise.resolve(1));
  const { readdirSync } = await import("node:fs");
  await until(() => readdirSync(dir).length === 0);
});
