// A working folder that was removed under a shell, or under a daemon: whatever is started there is
// started all the same, and nothing is said to be missing that is there.

import { expect, test } from "bun:test";
import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { eventually, Fleet } from "../chaos/fleet.ts";

const PROGRAM = Bun.fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const ENV = { IAPEER_TICK_SECS: "1" };

/** By a shell that removes its folder first; `sh` prints a complaint of its own. */
function fromGoneFolder(fleet: Fleet, words: readonly string[]) {
  const gone = join(fleet.home, "gone");
  mkdirSync(gone);
  const removing = ["/bin/sh", "-c", 'rmdir "$1"; shift; exec "$@"', "sh", gone];
  return Bun.spawn([...removing, process.execPath, PROGRAM, ...words], {
    env: fleet.env,
    cwd: gone,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 30_000,
  });
}

test("a daemon runs there, and wakes peers", async () => {
  await using fleet = new Fleet({ env: ENV });
  const peer = await fleet.create("ada", ["/bin/cat"]);
  const daemon = fromGoneFolder(fleet, ["daemon", "run"]);
  await eventually("it answers", async () => {
    if (daemon.exitCode !== null) throw new Error(await daemon.stderr.text());
    return (await fleet.app.client.status()).state === "running";
  });
  await fleet.wake(peer);
  daemon.kill("SIGTERM");
  expect(await daemon.exited).toBe(0);
}, 60_000);

test("the demonstration and the daemon in the background do too", async () => {
  await using fleet = new Fleet({ env: ENV });
  for (const words of [["demo"], ["daemon", "start"], ["daemon", "stop"]]) {
    const child = fromGoneFolder(fleet, words);
    const [code, err] = [await child.exited, await child.stderr.text()];
    expect([words, code, err.includes("no room")]).toEqual([words, 0, false]);
  }
}, 120_000);

test("a child of ours starts in a folder that is there", async () => {
  await using fleet = new Fleet({ env: ENV });
  const before = process.cwd();
  const gone = join(fleet.home, "gone");
  mkdirSync(gone);
  process.chdir(gone);
  rmdirSync(gone);
  try {
    const { exec } = fleet.app.host;
    const ran = await exec.run({ argv: ["/bin/pwd"], timeoutMs: 10_000 });
    expect(ran).toMatchObject({ state: "ok", stdout: "/\n" });
    const none = await exec.run({ argv: ["./none"], timeoutMs: 10_000 });
    expect(none).toMatchObject({ state: "not-executable" });
  } finally {
    process.chdir(before);
  }
}, 30_000);
