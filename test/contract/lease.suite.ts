// What every Lease does (ports/lock.ts).

import { describe, expect, test } from "bun:test";

import type { Lease } from "../../src/ports/lock.ts";

export interface LeaseUnderTest {
  readonly lease: Lease;
  /** Of another process, or of one that is as good as another. */
  readonly other: Lease;
  readonly path: string;
  readonly otherPath: string;
  /** Removes the file at `path`, whoever holds it. */
  readonly remove: () => void;
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

    test("whoever holds it can tell that it is held, until it is released", () => {
      const { lease, other, path } = factory();
      const held = lease.acquire(path);
      if (held.state !== "held") throw new Error(held.state);
      expect(held.hold()).toBe("ours");
      other.acquire(path);
      expect(held.hold()).toBe("ours");
      held.release();
      expect(held.hold()).toBe("lost");
    });

    test("with its file it is lost, also when another has been made in its place", () => {
      const { lease, other, path, remove } = factory();
      const held = lease.acquire(path);
      if (held.state !== "held") throw new Error(held.state);
      remove();
      expect(held.hold()).toBe("lost");
      const second = other.acquire(path);
      if (second.state !== "held") throw new Error(second.state);
      expect([held.hold(), second.hold()]).toEqual(["lost", "ours"]);
      held.release();
      expect(second.hold()).toBe("ours");
      second.release();
    });

    test("another path is another lease", () => {
      const { lease, other, path, otherPath } = factory();
      const held = [lease.acquire(path), other.acquire(otherPath)];
      expect(held.map(({ state }) => state)).toEqual(["held", "held"]);
      for (const one of held) if (one.state === "held") one.release();
    });
  });
}
