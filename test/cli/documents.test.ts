// docs/json.md names every document that the program prints, and every field of those that can be
// had here: a script is written from that page alone.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Scratch } from "./fake-app.ts";

const PROJECT = join(import.meta.dir, "../..");
const page = readFileSync(join(PROJECT, "docs/json.md"), "utf8");
const named = new Set([...page.matchAll(/`([a-z_]+)`/g)].map(([, word = ""]) => word));
const SCHEMA = /\biapeer\.[a-z-]+\.v\d+\b/g;

const scratch = new Scratch();
beforeAll(async () => {
  await scratch.type(["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"]);
});
afterAll(() => scratch.remove());

test("every document of the source is on the page, and no other", () => {
  const files = [...new Bun.Glob("src/**/*.ts").scanSync(PROJECT)];
  const text = files.map((file) => readFileSync(join(PROJECT, file), "utf8")).join("\n");
  const sorted = (words: string) => [...new Set(words.match(SCHEMA))].toSorted();
  expect(sorted(page)).toEqual(sorted(text));
});

/** What is under these is described elsewhere, or is nobody's promise. */
const NOT_HERE = new Set(["profile", "peer", "doc", "declaration", "verdict", "states", "memory"]);

function keysOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    NOT_HERE.has(key) ? [key] : [key, ...keysOf(inner)],
  );
}

/** The names of end records. */
const ELSEWHERE = readFileSync(join(PROJECT, "docs/logs-and-records.md"), "utf8");

describe("every field is on the page", () => {
  test.each([
    "list",
    "show echo",
    "why echo",
    "live-runtime echo",
    "top --once",
    "status",
    "doctor",
    "verify",
    "verify --fix",
    "provider show",
    "provider check",
    "native-memory off --all",
    "daemon stop",
    "stop echo --preview",
    "stop --all --yes",
    "start nobody",
    "remove echo --preview",
    "create other -- /bin/cat",
    "init one-more",
    "add-runtime echo claude",
  ])("%s", async (line) => {
    const words = line.split(" ");
    const own = words.includes("--") ? words.indexOf("--") : words.length;
    const { out } = await scratch.type(words.toSpliced(own, 0, "--json"));
    const lines = out.split("\n").filter(Boolean);
    const keys = lines.flatMap((line) => keysOf(JSON.parse(line)));
    expect(keys.length).toBeGreaterThan(0);
    const unnamed = keys.filter((key) => !named.has(key) && !ELSEWHERE.includes(`\`${key}\``));
    expect(unnamed).toEqual([]);
  });
});
