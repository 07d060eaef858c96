// A canary's shell starts the session's client, with the session's own environment (lifecycle §7):
// a variable that is called like one of the script's arrives as it was given.

import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { renderCanaryScript } from "../../src/formats/canary-script.ts";
import { Generation } from "./generation.ts";
import { until } from "./host-under-test.ts";

/** Not those of the launch itself, which nobody else has. */
const namesIn = (script: string): readonly string[] =>
  [...script.matchAll(/(?<![\w$])([a-z][a-z0-9_]*)=/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !name.startsWith("iap_"));

test("no name of the script's own is changed for its session", async () => {
  await using plain = new Generation();
  const names = new Set(namesIn(renderCanaryScript(plain.facts)));
  expect([...names]).toContain("dir");
  const given = Object.fromEntries([...names].map((name) => [name, `mine: $${name} 'x'`]));
  const program = 'env -0 >"$PWD/out"; : >"$PWD/done"; exec cat';
  await using made = new Generation({ env: given, argv: ["/bin/sh", "-c", program] });
  await made.launchWatched();
  await until("its environment", () => existsSync(join(made.cwd, "done")));
  const entries = readFileSync(join(made.cwd, "out"), "utf8").split("\0");
  const found = Object.fromEntries(
    entries.map((entry) => [entry.replace(/=[^]*/, ""), entry.replace(/^[^=]*=/, "")]),
  );
  expect(found).toMatchObject(given);
});
