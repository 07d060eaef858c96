// The look that spares most texts every pattern (formats/secret-patterns.ts) lets through
// whatever one of them finds: texts put together at random from what the patterns are made of.

import { expect, test } from "bun:test";
import { genericSecrets, mayHoldSecret } from "../../src/formats/secret-patterns.ts";
import { Random } from "../fakes/random.ts";

const TEXTS = 100_000;
const PARTS_MAX = 7;
const LONG = "abcdefghijklmnop0123";

const PARTS: readonly string[] = [
  ["sk-", "ghp_", "gho_", "github_pat_", "xoxb-", "AKIA", "ASIA", LONG, LONG.toUpperCase()],
  ["-----BEGIN RSA PRIVATE KEY-----", "-----END KEY-----", "-----", "--", "-", "_", ".", "/"],
  ["Authorization: basic ", "Bearer", "password", "Token", "tokens", "api", "key", "_pass"],
  ["secret", "credential", "access", "private", "://", "@", "=", ": ", " ", '"', "'", "\\"],
  ['"x"', "a", "Z", "9", "\n", "\t", "\u017F", "\u212A", "\u0130", "\u00E9", "\uD800"],
].flat();

test("no pattern finds anything where it sees nothing, and each finds something", () => {
  const random = new Random(1);
  const found = new Set<RegExp>();
  const missed: string[] = [];
  for (let n = 0; n < TEXTS; n += 1) {
    const size = random.int(1, PARTS_MAX);
    const text = Array.from({ length: size }, () => random.pick(PARTS)).join("");
    const finders = genericSecrets().filter((pattern) => text.search(pattern) !== -1);
    for (const pattern of finders) found.add(pattern);
    if (finders.length > 0 && !mayHoldSecret(text)) missed.push(text);
  }
  expect(missed).toEqual([]);
  expect(found.size).toBe(genericSecrets().length);
});
