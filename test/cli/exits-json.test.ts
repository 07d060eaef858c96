// End records for a program (CLI contract, "Fixed forms"): a document a line, and what is said of
// one that cannot be read.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { Scratch } from "./fake-app.ts";

const end = (generation: string, ts: string) => ({
  version: 1,
  ev: "teardown",
  identity: "command-echo",
  generation,
  ts,
  by: "daemon",
  reason: "idle",
  verdict: { oom: "not-seen", ours: true, confidence: "certain" },
});

const first = end("20260131T080000000Z-0001", "2026-01-31T08:00:01.000Z");
const second = end("20260131T090000000Z-0002", "2026-01-31T09:00:01.000Z");

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.type(["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"]);
  for (const record of [first, second]) write(record.generation, JSON.stringify(record));
});
afterEach(() => scratch.remove());

function write(generation: string, text: string): void {
  const paths = scratch.host.layout.generation("command-echo" as never, generation as never);
  mkdirSync(paths.dir, { recursive: true });
  writeFileSync(paths.end, text, { mode: 0o600 });
}

const told = (record: typeof first) => {
  const { version: _, ...fields } = record;
  return { schema: "iapeer.end.v1", ...fields };
};

test("one record a line, oldest first, and show has the same", async () => {
  const { code, out } = await scratch.type(["exits", "--json"]);
  expect(code).toBe(0);
  const both = [told(first), told(second)];
  expect(out.trimEnd().split("\n").map((line) => JSON.parse(line))).toEqual(both);
  const newest = await scratch.type(["exits", "echo", "--json", "-n", "1"]);
  expect(JSON.parse(newest.out)).toEqual(told(second));
  const shown = await scratch.type(["show", "echo", "--json"]);
  expect(JSON.parse(shown.out).ends).toEqual(both);
});

test("a corrupt record is named, and hides no other", async () => {
  write("20260131T100000000Z-0003", "{");
  const { code, out, err } = await scratch.type(["exits"]);
  expect(code).toBe(1);
  expect(out).toContain("2026-01-31T09:00:01.000Z  command-echo  teardown  idle   daemon");
  expect(err).toContain("20260131T100000000Z-0003/end.json could not be read");
});
