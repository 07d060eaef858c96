// A terminal that closes while providers run: they have sessions of their own, so nobody else
// would end them (CLI contract: long work can be interrupted).

import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createProcesses } from "../../src/effects/processes.ts";
import { isRunning, MAIN, Program, until } from "../cli/program.ts";
import { V1 } from "./place.ts";

const SLOW_MS = 60_000;
const processes = createProcesses();

let program: Program;
beforeEach(() => void (program = new Program()));
afterEach(() => program.close());

test("ends the providers of a sweep, and begins no other", async () => {
  const provider = join(program.home, "provider");
  writeFileSync(provider, '#!/bin/sh\necho $$ > "$0.new"; mv "$0.new" "$0.$1"; exec sleep 300\n');
  chmodSync(provider, 0o755);
  for (const name of ["ada", "bob"]) {
    expect(await program.run(["create", name, "--runtime", "claude"])).toMatchObject({ code: 0 });
  }
  mkdirSync(program.root, { recursive: true });
  const provision = { command: provider, args: ["{personality}"] };
  writeFileSync(join(program.root, "memory-provider.json"), JSON.stringify({ ...V1, provision }));
  const socket = join(program.home, "t.sock");
  const env = { PATH: process.env["PATH"] ?? "", HOME: program.home, IAPEER_ROOT: program.root };
  const tmux = (...words: string[]) =>
    Bun.spawnSync(["tmux", "-f", "/dev/null", "-S", socket, ...words], { env }).stdout.toString();
  const sweep = [process.execPath, MAIN, "memory-plugin", "on", "--all", "--jobs", "1"];
  tmux("new-session", "-d", "-s", "t", ...sweep);
  const server = Number(tmux("display-message", "-p", "#{pid}"));
  await until("the first provider", () => existsSync(`${provider}.ada`));
  const pid = Number(readFileSync(`${provider}.ada`, "utf8"));
  const sweeping = Number(tmux("display-message", "-p", "-t", "t", "#{pane_pid}"));
  expect(processes.identify(pid)).not.toBeNull();
  tmux("kill-server");
  await until("the sweep's end", () => !isRunning(sweeping) && !isRunning(server));
  expect(processes.identify(pid)).toBeNull();
  expect(existsSync(`${provider}.bob`)).toBe(false);
}, SLOW_MS);
