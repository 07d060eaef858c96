// `iapeer remove` and its preview name the same paths, and a namesake does not inherit the secrets
// that `create --env` was given (storage contract).

import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Program } from "./program.ts";

let program: Program;
beforeEach(() => {
  program = new Program();
});
afterEach(() => program.close());

const SLOW_MS = 30_000;

const create = async (...options: string[]) =>
  expect(
    await program.run(["create", "g", "--runtime", "command", ...options, "--", "/bin/cat"]),
  ).toMatchObject({ code: 0 });

test(
  "what create --env wrote is in the preview, in the answer, and gone",
  async () => {
    await create("--env", "SECRET=abc");
    const env = join(program.root, "peers/g/.iapeer/runtimes/command/launch.env");
    const preview = await program.run(["remove", "g", "--preview"]);
    expect(preview.out).toContain(`would delete ${env}\n`);
    const removed = await program.run(["remove", "g", "--yes"]);
    expect(removed.out).toContain(`removed; purged 1 artefact\n${env}\n`);
    expect(removed.out).toContain(`its folder stays: ${join(program.root, "peers/g")}\n`);
    expect(removed.out).toContain("its profile is kept as ");
    await create();
    expect(existsSync(env)).toBe(false);
    const again = await program.run(["remove", "g", "--preview"]);
    const deletes = again.out.split("\n").filter((line) => line.startsWith("would delete"));
    expect(deletes).toEqual([expect.stringContaining("/peer-profile.json.removed-")]);
  },
  SLOW_MS,
);

test(
  "a folder that is not there is not said to stay",
  async () => {
    await create();
    const folder = join(program.root, "peers/g");
    rmSync(folder, { recursive: true });
    const preview = await program.run(["remove", "g", "--preview"]);
    expect(preview.out).not.toContain("keep the folder");
    const removed = await program.run(["remove", "g", "--yes"]);
    expect(removed).toMatchObject({ code: 0 });
    expect(removed.out).toContain(`its folder was gone: ${folder}\n`);
    expect(removed.out).not.toContain("stays");
    expect(existsSync(folder)).toBe(false);
  },
  SLOW_MS,
);
