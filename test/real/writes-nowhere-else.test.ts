// Everything the core writes is under its root or under a peer's own .iapeer (storage contract):
// a whole life with every other place that it could write to in plain sight.

import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program, until } from "../cli/program.ts";

const SLOW_MS = 60_000;
const program = new Program();
const bunCache = realpathSync(mkdtempSync(join(tmpdir(), "iap-bun-")));
afterAll(async () => {
  rmSync(bunCache, { recursive: true, force: true });
  await program.close();
}, SLOW_MS);

/** Of all that is below a folder; folders too. */
const below = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, encoding: "utf8" }).sort();

test("births, lives, a death, and removals write to the root and to .iapeer alone", async () => {
  const place = (name: string) => join(program.home, name);
  const outside = ["tmp", "cache", "config", "data", "state", "run", "own"];
  for (const name of outside) mkdirSync(place(name));
  const env = {
    TMPDIR: place("tmp"),
    TMUX_TMPDIR: place("tmp"),
    XDG_CACHE_HOME: place("cache"),
    XDG_CONFIG_HOME: place("config"),
    XDG_DATA_HOME: place("data"),
    XDG_STATE_HOME: place("state"),
    XDG_RUNTIME_DIR: place("run"),
    // What bun keeps of the source that it has translated is bun's.
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: bunCache,
  };
  const before = below(program.home);
  const must = async (...words: string[]) => {
    const ran = await program.run(words, { env, cwd: place("own") });
    expect({ words, ...ran }).toMatchObject({ code: 0 });
    return ran.out;
  };
  await must("create", "ada", "--cwd", place("own"), "--", "/bin/cat");
  await must("create", "bob", "--env", "SECRET=1", "--", "/bin/sh", "-c", "exit 3");
  await program.startDaemon(env);
  await must("wake", "ada", "--message", "hello");
  await program.run(["wake", "bob"], { env });
  await until("bob's end", async () => (await must("exits", "bob")).includes("session-exit"));
  const elsewhere = () =>
    below(program.home).filter(
      (path) => path !== "root" && !path.startsWith("root/") && !before.includes(path),
    );
  expect(elsewhere().filter((path) => !/^own\/\.iapeer(\/|$)/.test(path))).toEqual([]);
  expect(elsewhere()).toContain("own/.iapeer/peer-profile.json");
  for (const words of [["why", "ada"], ["doctor"], ["verify"], ["events"], ["stop", "ada"]]) {
    await program.run(words, { env });
  }
  await must("rename", "bob", "eve");
  await must("remove", "ada", "--yes");
  await must("remove", "eve", "--yes");
  expect(elsewhere().filter((path) => !/^own\/\.iapeer(\/|$)/.test(path))).toEqual([]);
  // A peer's folder below the root is a folder of the peer's own: nothing but .iapeer is in it.
  const folders = below(join(program.root, "peers")).filter((path) => path.includes("/"));
  expect(folders.filter((path) => !/^[a-z]+\/\.iapeer(\/|$)/.test(path))).toEqual([]);
  expect(folders.length).toBeGreaterThan(0);
}, SLOW_MS);
