// The configuration of a root: what is said to put right is where the value comes from.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFiles } from "../../src/effects/files.ts";
import { readConfig } from "../../src/flows/storage/read-config.ts";

const files = createFiles();
const uid = process.getuid?.() ?? 0;
let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), "iap-config-"))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const configured = (env: Readonly<Record<string, string>>) =>
  readConfig({ files, uid, root, env, flags: {} });
const path = () => join(root, "config.json");

test.each([
  [null, { IAPEER_IDLE_SECS: "soon" }, "correct the variable"],
  ["{", {}, "correct <path>"],
  ['{"idel": 1}', { IAPEER_IDLE_SECS: "9" }, "correct <path>"],
  ['{"idel": 1}', { IAPEER_IDLE_SECS: "soon" }, "correct the variable, and <path>"],
] as const)("of a file %j and variables %j: %s", (text, env, said) => {
  if (text !== null) writeFileSync(path(), text);
  const next = said.replace("<path>", path());
  expect(configured(env)).toMatchObject({ value: { trouble: { code: "bad-config", next } } });
});

test("what can be used of it is used, and defaults stand in for the rest", () => {
  writeFileSync(path(), '{"idle_secs": "2h", "tick_secs": "often"}');
  const read = configured({});
  expect(read).toMatchObject({ value: { config: { idleMs: 7_200_000, tickMs: 60_000 } } });
  expect(read).toMatchObject({ value: { trouble: { why: expect.stringContaining("tick_secs") } } });
});

test("another user's root is not a value to correct", () => {
  const read = () => ({ state: "failed", code: "EACCES", detail: "permission denied" }) as const;
  const place = { root, env: {}, flags: {} };
  const theirs = readConfig({ ...place, files: { ...files, read }, uid: uid + 1 });
  expect(theirs).toMatchObject({
    error: { code: "root-not-yours", what: `the root ${root} is not yours` },
  });
  const own = readConfig({ ...place, files: { ...files, read }, uid });
  const next = `make ${path()} readable`;
  expect(own).toMatchObject({ value: { trouble: { code: "bad-config", next } } });
});
