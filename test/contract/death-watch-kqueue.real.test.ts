// The kqueue code: its structures as bytes, and the whole of it over an imitation of kqueue on
// Linux, or over the real one on a Mac.

import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { createClock } from "../../src/effects/clock.ts";
import { Watch } from "../../src/effects/death-watch/death-watch.ts";
import { openKqueueQueue, packKevent, receiptErrno } from "../../src/effects/death-watch/kqueue.ts";
import { Sweep } from "../../src/effects/death-watch/sweep.ts";
import { libcName } from "../../src/effects/libc.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { deathWatchSuite } from "./death-watch.suite.ts";
import { endAll, endChild, makeZombie, pidOf, spawnSleeper, until } from "./real-processes.ts";

const dir = mkdtempSync(`${tmpdir()}/iapeer-kqueue-`);
afterAll(() => rmSync(dir, { recursive: true, force: true }));
afterEach(endAll);

/** Null, said aloud, where there is neither kqueue nor a C compiler. */
function kqueueLibrary(): string | null {
  if (process.platform === "darwin") return libcName();
  const library = `${dir}/libkqueue-imitation.so`;
  const source = `${import.meta.dir}/imitations/kqueue.c`;
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source]);
    return library;
  } catch (error) {
    console.warn(`skipped: the imitation of kqueue cannot be compiled (${String(error)})`);
    return null;
  }
}

const library = kqueueLibrary();
const clock = createClock();
const processes = createProcesses();

if (library !== null) {
  deathWatchSuite("kqueue", () => {
    const queue = openKqueueQueue(library);
    if (queue === null) throw new Error("the queue cannot be opened");
    return {
      watch: new Watch(queue, new Sweep(60_000, clock, processes), processes),
      processes,
      spawn: async () => pidOf(await spawnSleeper()),
      end: endChild,
      zombie: makeZombie,
      until,
    };
  });

  test("the queue tells nobody from a refusal", async () => {
    const queue = openKqueueQueue(library);
    const pid = pidOf(await spawnSleeper());
    expect(queue?.mechanism).toBe("kqueue");
    expect(queue?.add(pid, 1)).toEqual({ state: "added", handle: pid });
    expect(queue?.add(0x3fff_fff0, 2)).toEqual({ state: "dead" });
    queue?.remove(pid);
    queue?.remove(pid);
    queue?.close();
    expect(queue?.add(pid, 3)).toEqual({ state: "refused" });
  });
}

test("without kqueue in the library there is no queue", () => {
  expect(openKqueueQueue(null)).toBeNull();
  expect(openKqueueQueue("/nonexistent/library")).toBeNull();
});

describe("struct kevent", () => {
  test("is 32 bytes, as the header says", () => {
    const event = {
      ident: 0x0102_0304,
      filter: -5,
      flags: 0x51,
      fflags: 0x8000_0000,
      token: 0x0a0b_0c0d,
    };
    expect([...packKevent(event)]).toEqual([
      4, 3, 2, 1, 0, 0, 0, 0, 0xfb, 0xff, 0x51, 0, 0, 0, 0, 0x80,
      0, 0, 0, 0, 0, 0, 0, 0, 0x0d, 0x0c, 0x0b, 0x0a, 0, 0, 0, 0,
    ]);
  });

  test("a receipt's errno is its data", () => {
    const bytes = new Uint8Array(32);
    expect(receiptErrno(bytes)).toBe(0);
    bytes[16] = 3;
    expect(receiptErrno(bytes)).toBe(3);
  });
});
