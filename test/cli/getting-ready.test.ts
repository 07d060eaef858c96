// A peer that has come up and is still waited for is marked in the tables and by `why`; its state
// is the contract's.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Program, until } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();
const go = join(program.home, "go");

beforeAll(async () => {
  await program.startDaemon({ IAPEER_BOOT_DEADLINE_SECS: "90" });
  const script = `echo starting; until test -e ${go}; do sleep 0.1; done; echo set; exec cat`;
  const words = ["create", "slow", "--ready", "^set", "--", "/bin/sh", "-c", script];
  expect((await program.run(words)).code).toBe(0);
}, SLOW_MS);
afterAll(() => {
  rmSync(go, { force: true });
  return program.close();
}, SLOW_MS);

const rowOf = async () => {
  const listed = JSON.parse((await program.run(["list", "--json"])).out);
  return listed.peers[0].runtimes[0];
};

test("list, top, show and why say so, until it is ready", async () => {
  const wake = program.start(["wake", "slow"]);
  await until("its session", async () => (await rowOf()).getting_ready === true);
  expect(await rowOf()).toMatchObject({ state: "alive" });
  for (const verb of [["list"], ["top", "--once"], ["why", "slow"]]) {
    expect((await program.run(verb)).out).toContain("alive (getting ready)");
  }
  expect((await program.run(["show", "slow"])).out).toContain("\n  not ready   not yet: ");
  expect((await program.run(["why", "slow"])).out).toMatch(
    /because {2}It has come up, and is waited for until it is ready, \d+ s more at most, unless/,
  );
  writeFileSync(go, "");
  expect(await wake.done()).toMatchObject({ code: 0 });
  expect(await rowOf()).not.toHaveProperty("getting_ready");
  expect((await program.run(["list"])).out).not.toContain("getting ready");
}, SLOW_MS);
