// The fake lease keeps the contract of a kernel's lock on a file.

import { expect, test } from "bun:test";
import { FakeLease, LockTable } from "../fakes/lock.ts";
import { VirtualTime } from "../fakes/time.ts";
import { leaseSuite } from "./lease.suite.ts";

const living = () => ({ ended: false });

leaseSuite("fake", () => {
  const table = new LockTable(new VirtualTime());
  return {
    lease: new FakeLease(table, living()),
    other: new FakeLease(table, living()),
    path: "/lease",
    otherPath: "/other",
    remove: () => table.removeLease("/lease"),
  };
});

test("it may not be told whether it is held", () => {
  const table = new LockTable(new VirtualTime());
  const held = new FakeLease(table, living()).acquire("/lease");
  table.told = "unknown";
  expect(held.state === "held" && held.hold()).toBe("unknown");
});

test("a holder's death releases it", () => {
  const table = new LockTable(new VirtualTime());
  const holder = living();
  expect(new FakeLease(table, holder).acquire("/lease").state).toBe("held");
  holder.ended = true;
  expect(new FakeLease(table, living()).acquire("/lease").state).toBe("held");
});
