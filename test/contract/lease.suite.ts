// What every Lease does (ports/lock.ts).

import { describe, expect, test } from "bun:test";

import type { Lease } from "../../src/ports/lock.ts";

export interface LeaseUnderTest {
  readonly lease: Lease;
  /** Of another process, or of one that is as good as another. */
  readonly other: Lease;
  readonly path: string;
  readonly otherPath: string;
}

export function leaseSuite(name: string, factory: () => LeaseUnderTest): void {
  describe(`lease: ${name}`, () => {
    test("one holds it, the other is told so, and gets it after", () => {
      const { lease, other, path } = factory();
      const held = lease.acquire(path);
      expect(held.state).toBe("held");
      expect(other.acquire(path)).toEqual({ state: "busy" });
      if (held.state === "held") held.release();
      const second = other.acquire(path);
      expect(second.state).toBe("held");
      expect(lease.acquire(path)).toEqual({ state: "busy" });
      if (second.state === "held") second.release();
    });

    test("holding it, one does not get it again", () => {
      const { lease, path } = factory();
      const held = lease.acquire(path);
      expect(lease.acquire(path)).toEqual({ state: "busy" });
      if (held.state === "held") held.release();
    });

    test("releasing twice does not take it from the next holder", () => {
      const { lease, other, path } = factory();
      const held = lease.acquire(path);
      if (held.state !== "held") throw new Error(held.state);
      held.release();
      const second = other.acquire(path);
      held.release();
      expect(lease.acquire(path)).toEqual({ state: "busy" });
      if (second.state === "held") second.release();
    });

    test("another path is another lease", () => {
      const { lease, other, path, otherPath } = factory();
      const held = [lease.acquire(path), other.acquire(otherPath)];
      expect(held.map(({ state }) => state)).toEqual(["held", "held"]);
      for (const one of held) if (one.state === "held") one.release();
    });
  });
}
