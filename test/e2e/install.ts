// The real agents, installed on first use from this folder's own package.json. Where that is
// not possible (no network, no build for this system) the suite says so and is skipped.

import { existsSync } from "node:fs";
import { join } from "node:path";

export type Programs =
  | { readonly state: "ready"; readonly claude: string; readonly codex: string }
  | { readonly state: "missing"; readonly why: string };

const HERE = import.meta.dir;
const PROGRAM = {
  claude: join(HERE, "node_modules/.bin/claude"),
  codex: join(HERE, "node_modules/.bin/codex"),
};

export function installPrograms(): Programs {
  if (!isInstalled()) {
    const install = Bun.spawnSync([process.execPath, "install", "--frozen-lockfile"], {
      cwd: HERE,
      stdout: "pipe",
      stderr: "pipe",
      timeout: 180_000,
    });
    if (!install.success) return missing(`bun install: ${install.stderr.toString().slice(-300)}`);
  }
  for (const [name, path] of Object.entries(PROGRAM)) {
    if (!existsSync(path)) return missing(`no ${name} in test/e2e/node_modules`);
    const version = Bun.spawnSync([path, "--version"], { timeout: 60_000, stderr: "pipe" });
    if (!version.success) return missing(`${name} --version: ${version.stderr.toString()}`);
  }
  return { state: "ready", ...PROGRAM };
}

const isInstalled = (): boolean => Object.values(PROGRAM).every((path) => existsSync(path));

function missing(why: string): Programs {
  console.warn(`SKIPPED test/e2e: the real claude and codex cannot be installed here (${why})`);
  return { state: "missing", why };
}
