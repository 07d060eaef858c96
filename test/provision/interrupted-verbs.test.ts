// Ctrl-C while one peer's verb waits for its memory provider: the provider is ended, the verb goes
// on to its end, and what it says is what has happened.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createProcesses } from "../../src/effects/processes.ts";
import { Program, until } from "../cli/program.ts";
import { V1 } from "./place.ts";

const SLOW_MS = 60_000;
const processes = createProcesses();

let program: Program;
beforeEach(() => void (program = new Program()));
afterEach(() => program.close());

const provider = () => join(program.home, "provider");
const mark = (occasion: string) => `${provider()}.${occasion}`;

/** A provider that says its pid, and then takes longer than anybody waits. */
function slowProvider(): void {
  const text = '#!/bin/sh\necho $$ > "$0.new"; mv "$0.new" "$0.$1"; exec sleep 1000000\n';
  writeFileSync(provider(), text);
  chmodSync(provider(), 0o755);
  mkdirSync(program.root, { recursive: true });
  const block = { command: provider(), args: ["{occasion}"] };
  const declared = { ...V1, provision: block, unprovision: block };
  writeFileSync(join(program.root, "memory-provider.json"), JSON.stringify(declared));
}

/** Ctrl-C once the provider runs: the verb's own words, and nothing of the provider left. */
async function interruptedAt(occasion: string, words: readonly string[]) {
  const verb = program.start(words);
  await until(`the provider's ${occasion}`, () => existsSync(mark(occasion)));
  const pid = Number(readFileSync(mark(occasion), "utf8"));
  verb.signal("SIGINT");
  const ran = await verb.done();
  expect(processes.identify(pid)).toBeNull();
  return ran;
}

const names = async (): Promise<readonly string[]> => {
  const listed = JSON.parse((await program.run(["list", "--json"])).out) as {
    peers: readonly { personality: string }[];
  };
  return listed.peers.map(({ personality }) => personality);
};

test("create: the peer is there, and the repair is named", async () => {
  slowProvider();
  const ran = await interruptedAt("birth", ["create", "ada", "--runtime", "codex"]);
  expect(await names()).toEqual(["ada"]);
  expect(ran.out + ran.err).toContain("codex:interrupted");
  expect(ran.out + ran.err).toContain("repair: iapeer memory-plugin on --peer ada");
}, SLOW_MS);

test("remove without a daemon: the peer is gone with all that is kept of it", async () => {
  expect(await program.run(["create", "ada", "--runtime", "codex"])).toMatchObject({ code: 0 });
  slowProvider();
  await interruptedAt("remove", ["remove", "ada", "--yes"]);
  await until("the removal", async () => (await names()).length === 0);
  rmSync(join(program.root, "memory-provider.json"));
  expect(await program.run(["create", "ada", "--runtime", "claude"])).toMatchObject({ code: 0 });
}, SLOW_MS);

test("remove with a daemon: the waiting ends, the daemon completes it", async () => {
  expect(await program.run(["create", "ada", "--runtime", "codex"])).toMatchObject({ code: 0 });
  slowProvider();
  const daemon = await program.startDaemon();
  const verb = program.start(["remove", "ada", "--yes"]);
  await until("the provider's removal", () => existsSync(mark("remove")));
  verb.signal("SIGINT");
  const ran = await verb.done();
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("stopped waiting for remove ada");
  process.kill(Number(readFileSync(mark("remove"), "utf8")), "SIGKILL");
  await until("the removal", async () => (await names()).length === 0);
  // The library that takes the registry's lock listens to signals too, and must not decide.
  daemon.signal("SIGTERM");
  expect(await daemon.done()).toMatchObject({ code: 0 });
}, SLOW_MS);
