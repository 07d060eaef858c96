#!/usr/bin/env bun
// The program. --version and shell completion answer without loading anything else; every other
// verb loads its own module, and wire.ts when it first needs it.

import { homedir } from "node:os";
import { version } from "../package.json" with { type: "json" };
import type { IapeerError } from "./core/error.ts";
import type { Result } from "./core/result.ts";
import type { App } from "./cli/app.ts";

const { env } = process;
const words = process.argv.slice(2);
const home = env["HOME"] ?? homedir();
const cwd = workingFolder();
const program = [process.execPath, import.meta.path];

if (words.length === 1 && words[0] === "--version") process.stdout.write(`${version}\n`);
else process.exit(await (words[0] === "__complete" ? completion() : commandLine()));

/** A shell can stand in a folder that was removed; only verbs about that folder mind. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return env["PWD"] ?? "/";
  }
}

async function commandLine(): Promise<number> {
  const { createTerminal } = await import("./cli/terminal.ts");
  const terminal = createTerminal({ env, noColor: words.includes("--no-color") });
  const { run } = await import("./cli/run.ts");
  const code = await run({ words, env, cwd, home, version, terminal, program, createApp: loadApp });
  await terminal.flush();
  return code;
}

async function loadApp(root: string): Promise<Result<App, IapeerError>> {
  const { createApp } = await import("./wire.ts");
  return createApp({ root, env, flags: {} });
}

/** Peers' names come straight from the registry's text: a Tab must not cost a tenth of a second. */
async function completion(): Promise<number> {
  const { complete } = await import("./cli/complete.ts");
  const { peerNamesIn } = await import("./cli/peer-names.ts");
  const { layout } = await import("./core/layout.ts");
  const { rootOf } = await import("./cli/root.ts");
  const typed = words.slice(1);
  const root = rootOf({ words: typed, env, cwd, home });
  const found = await complete(typed, {
    peers: async () => peerNamesIn(await textOf(layout(root).registry)),
    runtimes: async () => {
      const app = await loadApp(root);
      return app.ok ? [...app.value.host.runtimes.keys()] : [];
    },
  });
  await Bun.write(Bun.stdout, found.map((word) => `${word}\n`).join(""));
  return 0;
}

/** Completion has nobody to tell of a file that cannot be read: it offers nothing. */
function textOf(path: string): Promise<string> {
  return Bun.file(path)
    .text()
    .catch(() => "");
}
