// What a removal and `memory-plugin off` leave of a runtime's own memory: given back to the byte
// by the one, said aloud by the other; and what a preview says of it before.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Program } from "../cli/program.ts";
import { V1 } from "./place.ts";

const TIMEOUT_MS = 30_000;
/** Comments, order and the missing newline at the end are the user's. */
const SETTINGS = '{\n  // mine\n  "b": 1,\n  "a": [2]}';
const CONFIG = '[features]\n# mine\nother = true\n\n[x]\ny = "z" # last';

let program: Program;
beforeEach(() => void (program = new Program()));
afterEach(() => program.close());

const folder = (): string => join(program.home, "own");
const settings = (): string => join(folder(), ".claude/settings.json");
const config = (): string => join(folder(), ".codex/config.toml");

function provide(way: "both" | "provision" = "both"): void {
  const command = join(program.home, "provider");
  writeFileSync(command, '#!/bin/sh\necho "$1" >> "$0.calls"\n');
  chmodSync(command, 0o755);
  const both = { command, args: ["{occasion}"] };
  mkdirSync(program.root, { recursive: true, mode: 0o700 });
  const back = way === "both" ? { unprovision: both } : {};
  const declared = { ...V1, provision: both, ...back };
  writeFileSync(join(program.root, "memory-provider.json"), JSON.stringify(declared));
}

async function must(...words: readonly string[]): Promise<{ out: string; err: string }> {
  const ran = await program.run(words);
  expect([words, ran.code, ran.err]).toEqual([words, 0, ran.err]);
  return ran;
}

/** A peer with both runtimes in a folder whose settings are its owner's. */
async function birth(): Promise<void> {
  provide();
  mkdirSync(join(folder(), ".claude"), { recursive: true });
  mkdirSync(join(folder(), ".codex"));
  writeFileSync(settings(), SETTINGS);
  writeFileSync(config(), CONFIG);
  await must("create", "ada", "--runtime", "claude", "--cwd", folder());
  await must("add-runtime", "ada", "codex");
  expect(readFileSync(settings(), "utf8")).toContain('"autoMemoryEnabled": false');
  expect(readFileSync(config(), "utf8")).toContain("memories = false");
}

test("a removal gives back what it turned off, to the byte, and keeps the folder", async () => {
  await birth();
  const { out: preview } = await must("remove", "ada", "--preview");
  expect(preview).toContain("would call acme to unprovision claude, codex\n");
  expect(preview).toContain(`would take back from ${settings()} what turned `);
  expect(preview).toContain(`would take back from ${config()} what turned `);
  await must("remove", "ada", "--yes");
  expect(readFileSync(settings(), "utf8")).toBe(SETTINGS);
  expect(readFileSync(config(), "utf8")).toBe(CONFIG);
  expect(existsSync(join(folder(), ".iapeer/runtimes/claude/native-memory.json"))).toBe(false);
  expect(readFileSync(`${program.home}/provider.calls`, "utf8")).toEndWith("remove\nremove\n");
}, TIMEOUT_MS);

test("a removal leaves alone what the folder's owner turned off", async () => {
  provide();
  mkdirSync(join(folder(), ".claude"), { recursive: true });
  const own = '{"autoMemoryEnabled": false}';
  writeFileSync(settings(), own);
  await must("create", "ada", "--runtime", "claude", "--cwd", folder());
  await must("remove", "ada", "--yes");
  expect(readFileSync(settings(), "utf8")).toBe(own);
}, TIMEOUT_MS);

test("a preview does not name a call that the provider has not declared", async () => {
  provide("provision");
  await must("create", "ada", "--runtime", "claude");
  const { out } = await must("remove", "ada", "--preview");
  expect(out).not.toContain("would call");
  expect(out).toContain("would take back from ");
}, TIMEOUT_MS);

test("a removal says what it could not give back", async () => {
  await birth();
  writeFileSync(settings(), "{ broken");
  const { out } = await must("remove", "ada", "--yes");
  expect(out).toContain(`warning: the memory of claude itself stays off in ${settings()}: `);
  expect(readFileSync(settings(), "utf8")).toBe("{ broken");
  expect(readFileSync(config(), "utf8")).toBe(CONFIG);
}, TIMEOUT_MS);

test("off says that the runtimes' own memory stays off, and how to turn it on", async () => {
  await birth();
  const one = await must("memory-plugin", "off", "--peer", "ada");
  expect(one.out).toBe("ada: claude:ok, codex:ok\nmemory unprovision: 1 done\n");
  expect(one.err).toEndWith(
    "the runtimes' own memory stays off for ada; to turn it on: iapeer native-memory on " +
      "--peer ada\n",
  );
  const all = await must("memory-plugin", "off", "--all");
  expect(all.err).toEndWith("to turn it on: iapeer native-memory on --all\n");
  await must("native-memory", "on", "--peer", "ada");
  expect((await must("memory-plugin", "off", "--peer", "ada")).err).not.toContain("stays off");
}, TIMEOUT_MS);

test("a provider that takes its time for one peer is seen to be waited for", async () => {
  await birth();
  writeFileSync(join(program.home, "provider"), "#!/bin/sh\nsleep 1\n");
  const { err } = await must("memory-plugin", "on", "--peer", "ada");
  expect(err).toBe("memory-plugin on ada…\n");
}, TIMEOUT_MS);

test("without a provider, off says how to undo what an earlier one left", async () => {
  await must("create", "ada", "--runtime", "claude");
  const { code, err } = await program.run(["memory-plugin", "off", "--all"]);
  expect(code).toBe(1);
  expect(err).toContain("next: what an earlier one left turned off: iapeer native-memory on --all");
}, TIMEOUT_MS);
