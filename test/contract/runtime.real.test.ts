// Every registered runtime conforms; a new one is tested as soon as it is in the registry.

import { expect, test } from "bun:test";

import { createClock } from "../../src/effects/clock.ts";
import { createFiles } from "../../src/effects/files.ts";
import { createRuntimes } from "../../src/runtimes/registry.ts";
import { runtimeSuite } from "./runtime.suite.ts";

const deps = { files: createFiles(), clock: createClock(), home: "/nowhere", env: {} };
const names = [...createRuntimes(deps).keys()];

test("the runtimes of lifecycle §1 are there, under their own names", () => {
  expect(names.map(String).toSorted()).toEqual([
    "claude",
    "codex",
    "command",
    "notifier",
    "telegram",
  ]);
});

for (const name of names) runtimeSuite(name);
