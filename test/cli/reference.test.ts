// docs/reference.md is what the tree renders, and its tables of codes are complete.

import { expect, test } from "bun:test";
import { Glob } from "bun";
import { ERROR_CODES, REFUSALS, TROUBLES } from "../../src/cli/error-codes.ts";
import { reference, REFERENCE } from "../../scripts/render-reference.ts";

const SRC = Bun.fileURLToPath(new URL("../../src/", import.meta.url));

/** One of two codes. */
const CHOSEN = /IapeerError\(\s*\{[^}]*?code:[^,]*\? "([a-z-]+)" : "([a-z-]+)"/gs;

async function sources(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const path of new Glob("**/*.ts").scan(SRC)) {
    if (path !== "cli/error-codes.ts") found.set(path, await Bun.file(`${SRC}${path}`).text());
  }
  return found;
}

test("docs/reference.md is current: bun scripts/render-reference.ts", async () => {
  expect(await Bun.file(REFERENCE).text()).toBe(reference());
});

test("every code of a failure is documented in src/cli/error-codes.ts", async () => {
  const known = new Set(ERROR_CODES.map(({ code }) => code));
  const missing: string[] = [];
  for (const [path, text] of await sources()) {
    const made = text.matchAll(/IapeerError\(\s*\{[^}]*?code:\s*"([a-z-]+)"/gs);
    const used = path.startsWith("flows/") ? text.matchAll(/\busage\(\s*"([a-z-]+)"/gs) : [];
    const chosen = text.matchAll(CHOSEN);
    const both = [...chosen].flatMap(([, one = "", other = ""]) => [[one, one], [other, other]]);
    for (const [, code = ""] of [...made, ...used, ...both]) {
      if (!known.has(code)) missing.push(`${path}: ${code}`);
    }
  }
  expect(missing).toEqual([]);
});

test("every documented code occurs in the source", async () => {
  const all = [...(await sources()).values()].join("\n");
  const documented = [...ERROR_CODES, ...REFUSALS, ...TROUBLES].map(({ code }) => code);
  expect(documented.filter((code) => !all.includes(`"${code}"`))).toEqual([]);
});
