// A checkout whose packages were never installed says so; in a workspace they are further up.

import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROJECT = Bun.fileURLToPath(new URL("../..", import.meta.url));
const workspace = realpathSync(mkdtempSync(join(tmpdir(), "iap-ws-")));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

test("without packages it says what is missing, with a workspace's it runs", () => {
  const project = join(workspace, "packages/iapeer");
  mkdirSync(project, { recursive: true });
  for (const name of ["src", "package.json"]) {
    cpSync(join(PROJECT, name), join(project, name), { recursive: true });
  }
  const list = () => {
    const ran = Bun.spawnSync([process.execPath, join(project, "src/main.ts"), "list"], {
      cwd: workspace,
      env: { PATH: process.env["PATH"], HOME: workspace, IAPEER_ROOT: join(workspace, "root") },
    });
    return { code: ran.exitCode, err: ran.stderr.toString() };
  };
  expect(list()).toEqual({
    code: 1,
    err: "iapeer: its packages are not installed; in its folder: bun install\n",
  });
  symlinkSync(join(PROJECT, "node_modules"), join(workspace, "node_modules"));
  expect(list()).toMatchObject({ code: 0 });
});
