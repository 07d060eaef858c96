// What stands in the place of the daemon's socket (storage contract): another user's files, sockets
// or symlinks are refused, and named by whoever looks, not only by a start that fails.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { chownSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Program } from "./program.ts";

let program: Program;
beforeEach(async () => {
  program = new Program();
  await program.run(["create", "echo", "--", "/bin/cat"]);
});
afterEach(() => program.close());

const SLOW_MS = 60_000;
const OTHER_UID = 54_321;

/** A socket whose listener is gone. */
async function deadSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(`${path}.live`, resolve);
  });
  const left = Bun.spawnSync(["ln", `${path}.live`, path]);
  expect(left.exitCode).toBe(0);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}

const PLACED: readonly (readonly [string, string, (path: string) => unknown])[] = [
  ["a folder", "it is a folder", (path) => mkdirSync(path)],
  ["a file", "it is a file", (path) => writeFileSync(path, "")],
  ["a symlink", "it is a symlink", (path) => symlinkSync("/dev/null", path)],
  ["a fifo", "it is no socket", (path) => Bun.spawnSync(["mkfifo", path])],
];

test.each(PLACED)(
  "%s is named by each look and by the start, with what to do",
  async (_, what, place) => {
    const path = join(program.root, "run/daemon.sock");
    place(path);
    const why = `cannot listen on ${path}: ${what}`;
    for (const words of [["status"], ["doctor"], ["daemon", "status"], ["list"]]) {
      const { out, err } = await program.run(words);
      expect(out + err).toContain(why);
      expect(out + err).toContain("move it away, then start the daemon again");
      expect(out + err).not.toMatch(/iapeer daemon (start|run)/);
    }
    const { code, err } = await program.run(["daemon", "start"]);
    expect(code).toBe(1);
    // What the daemon said is three lines of its own, and no line here.
    expect(err).toContain(`cannot listen on ${path}; why: ${what}; next: move it away`);
    expect(err).not.toContain("\\n");
    expect(existsSync(path) || what === "it is a symlink").toBe(true);
    rmSync(path, { recursive: true });
  },
  SLOW_MS,
);

test("a socket that a dead daemon of ours left is replaced, another user's is not", async () => {
  const path = join(program.root, "run/daemon.sock");
  await deadSocket(path);
  expect((await program.run(["daemon", "start"])).code).toBe(0);
  await program.run(["daemon", "stop"]);
  if (process.getuid?.() !== 0) return console.warn("skipped: only root gives a socket away");
  await deadSocket(path);
  chownSync(path, OTHER_UID, OTHER_UID);
  const { code, err } = await program.run(["daemon", "start"]);
  expect({ code, err }).toMatchObject({
    code: 1,
    err: expect.stringContaining(`it belongs to another user (uid ${OTHER_UID})`) as string,
  });
  expect(existsSync(path)).toBe(true);
}, SLOW_MS);
