// What every LogBook does (ports/log-book.ts, lifecycle §8).

import { describe, expect, test } from "bun:test";

import type { LogName } from "../../src/core/log-event.ts";
import { parseLine } from "../../src/formats/logfmt.ts";
import type { LogBook } from "../../src/ports/log-book.ts";

export interface LogBookUnderTest {
  readonly log: LogBook;
  /** The whole text of a log; empty when there is none. */
  readonly text: (log: LogName) => string;
  /** From now on nothing can be written; then again it can. */
  readonly breakDisk: () => void;
  readonly mendDisk: () => void;
}

type Factory = () => LogBookUnderTest;

const lines = (text: string) => text.split("\n").filter((line) => line !== "");

export function logBookSuite(name: string, factory: Factory): void {
  describe(`log book: ${name}`, () => {
    test("an event is one line of its log, stamped", () => {
      const { log, text } = factory();
      const fields = { identity: "claude-a", ms: 5, none: undefined };
      log.write("lifecycle", { ev: "wake", fields });
      log.write("exits", { ev: "teardown", fields: { reason: "idle" } });
      expect(text("lifecycle")).toMatch(/^ts=\d{4}-.*Z ev=wake identity=claude-a ms=5\n$/);
      expect(text("exits")).toMatch(/^ts=\d{4}-.*Z ev=teardown reason=idle\n$/);
      expect(text("delivery")).toBe("");
    });

    test("events stay in order, whatever they hold", () => {
      const { log, text } = factory();
      const values = ["plain", "two words", 'a"b', "new\nline ev=forged", "", "ü\u0000"];
      for (const value of values) log.write("delivery", { ev: "sent", fields: { value } });
      const read = lines(text("delivery")).map((line) => parseLine(line)?.fields["value"]);
      expect(read).toEqual(values);
    });

    test("a failure fails nothing, is told, and is forgotten once writing works", () => {
      const { log, text, breakDisk, mendDisk } = factory();
      expect(log.trouble()).toBeNull();
      log.write("exits", { ev: "one", fields: {} });
      breakDisk();
      log.write("exits", { ev: "two", fields: {} });
      expect(log.trouble()).not.toBeNull();
      expect(log.trouble()).not.toBe("");
      mendDisk();
      log.write("exits", { ev: "three", fields: {} });
      expect(log.trouble()).toBeNull();
      expect(lines(text("exits")).map((line) => parseLine(line)?.ev)).toEqual(["one", "three"]);
    });
  });
}
