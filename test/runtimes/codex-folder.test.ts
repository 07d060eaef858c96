// codex's own folder, into which trust is written: what was made for that goes with it, and no
// more.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRuntime, peerOf, type RuntimeUnderTest } from "../contract/runtime-under-test.ts";

let under: RuntimeUnderTest;
beforeEach(() => {
  under = openRuntime("codex");
});
afterEach(() => under.remove());

function trustAndForget(env: Readonly<Record<string, string>> = {}): void {
  const peer = peerOf(under.runtime, { cwd: "/peers/ann" });
  expect(under.runtime.prepareFolder?.(peer, env).warnings).toEqual([]);
  expect(under.runtime.forgetFolder?.(peer, env).warnings).toEqual([]);
}

test("nothing is left where nothing was", () => {
  trustAndForget();
  expect(existsSync(join(under.home, ".codex"))).toBe(false);
});

test("one that holds something stays", () => {
  mkdirSync(join(under.home, ".codex"));
  writeFileSync(join(under.home, ".codex/auth.json"), "{}");
  trustAndForget();
  expect(readdirSync(join(under.home, ".codex"))).toEqual(["auth.json"]);
});

test("one that CODEX_HOME names stays, empty or not: codex does not start without it", () => {
  const given = join(under.home, "given");
  mkdirSync(given);
  trustAndForget({ CODEX_HOME: given });
  expect(readdirSync(given)).toEqual([]);
});
