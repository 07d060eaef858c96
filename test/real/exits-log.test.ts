// What stands where exits.log belongs (lifecycle §5, §8): a witness appends to a plain file or to
// none, waits for nobody to read a fifo, and writes through no link.

import { describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { Generation } from "./generation.ts";
import { exec, processes, SHELLS } from "./host-under-test.ts";

/** Each puts something at `path`; what is written through it would show in `beside`. */
const NO_LOG = {
  "a fifo": (path: string) => void Bun.spawnSync(["mkfifo", path]),
  "a folder": (path: string) => mkdirSync(path),
  "a link to a file": (path: string, beside: string) => {
    writeFileSync(beside, "");
    symlinkSync(beside, path);
  },
  "a link to nothing": (path: string, beside: string) => symlinkSync(beside, path),
  "a device": (path: string, beside: string) => {
    const made = Bun.spawnSync(["mknod", path, "c", "1", "7"]);
    if (made.exitCode !== 0) symlinkSync(beside, path);
  },
} as const;

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("by %s", (_, shell) => {
  test.each(Object.entries(NO_LOG))("%s", async (_name, put) => {
    await using made = new Generation();
    const beside = join(made.root, "beside");
    put(made.facts.exitsLog, beside);
    const argv = [...shell, made.paths.hookScript, "12", "0", ""];
    expect(await exec.run({ argv, env: {}, timeoutMs: 3000 })).toMatchObject({ state: "ok" });
    expect(made.end()).toMatchObject({ deadStatus: 0 });
    expect(existsSync(beside) ? readFileSync(beside, "utf8") : "").toBe("");
    const left = readdirSync(made.paths.dir).filter((name) => name.startsWith(".end"));
    expect(left).toEqual([]);
  });
});

test("no canary stays behind for a fifo", async () => {
  await using made = await new Generation().launchWatched();
  expect(Bun.spawnSync(["mkfifo", made.facts.exitsLog]).exitCode).toBe(0);
  processes.signal(made.theServer(), "KILL");
  await made.gone(made.theCanary());
  expect(made.end()).toMatchObject({ ev: "server-exit" });
});
