// The fake lock keeps the contract of the real one.

import { expect, test } from "bun:test";
import { FakeLock, LockTable } from "../fakes/lock.ts";
import { pass, settle, VirtualTime } from "../fakes/time.ts";
import { lockSuite } from "./lock.suite.ts";

const living = () => ({ ended: false });

lockSuite("fake", () => {
  const time = new VirtualTime();
  return {
    lock: new FakeLock(new LockTable(time), living()),
    path: "/lock",
    otherPath: "/other",
    settle: (work) => settle(time, work),
    // Inside of the work nobody else drives the clock.
    pass: (ms) => new Promise((resolve) => void time.schedule(ms, resolve)),
  };
});

test("a lock that a dead process left is taken over", async () => {
  const time = new VirtualTime();
  const table = new LockTable(time);
  const holder = living();
  const dead = new FakeLock(table, holder);
  void dead.withLock("/lock", () => new Promise(() => undefined));
  await pass(time, 1);
  const heir = new FakeLock(table, living()).withLock("/lock", () => Promise.resolve("mine"));
  holder.ended = true;
  table.releaseAll();
  expect(await settle(time, heir)).toEqual({ ok: true, value: "mine" });
});
