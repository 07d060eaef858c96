#!/usr/bin/env bun
// The program. --version and shell completion answer without loading anything else; every other
// verb loads its own module, and wire.ts when it first needs it.

import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { version } from "../package.json" with { type: "json" };
import type { IapeerError } from "./core/error.ts";
import { homeOf } from "./core/home.ts";
import type { Result } from "./core/result.ts";
import type { App } from "./cli/app.ts";
import { writeNow } from "./cli/channel.ts";

const { env } = process;
const words = process.argv.slice(2);
const home = homeOf(env, () => userInfo().homedir);
const cwd = workingFolder();
const program = [process.execPath, import.meta.path];
let wired: typeof import("./wire.ts") | undefined;

if (words.length === 1 && words[0] === "--version") {
  const wrote = writeNow(1, `${version}\n`);
  if (wrote.state === "full") process.stdout.write(wrote.left);
  if (wrote.state === "failed") process.exitCode = 1;
} else process.exit(await (words[0] === "__complete" ? completion() : commandLine()));

/** bun would fetch whatever versions it finds, without a word. A workspace's are further up. */
function isBareCheckout(): boolean {
  if (!import.meta.path.endsWith("/src/main.ts")) return false;
  for (let at = import.meta.dir; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    if (existsSync(`${at}/node_modules/yargs-parser`)) return false;
  }
  return true;
}

/** A shell can stand in a folder that was removed; only verbs about that folder mind. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return env["PWD"] ?? "/";
  }
}

async function commandLine(): Promise<number> {
  if (isBareCheckout()) {
    writeNow(2, "iapeer: its packages are not installed; in its folder: bun install\n");
    return 1;
  }
  const { createTerminal } = await import("./cli/terminal.ts");
  const terminal = createTerminal({
    env,
    noColor: words.includes("--no-color"),
    isHangupIgnored: () => wired?.isHangupIgnored() ?? false,
  });
  const { run } = await import("./cli/run.ts");
  const code = await run({ words, env, cwd, home, version, terminal, program, createApp: loadApp });
  const lost = await terminal.flush();
  if (lost === null) return code;
  terminal.err(`iapeer: the answer could not be written: ${lost}; give it another place to go\n`);
  return code === 0 ? 1 : code;
}

async function loadApp(root: string): Promise<Result<App, IapeerError>> {
  wired = await import("./wire.ts");
  return wired.createApp({ root, env, flags: {}, isLenient: true });
}

/** Peers' names come straight from the registry's text: a Tab must not cost a tenth of a second. */
async function completion(): Promise<number> {
  const { complete } = await import("./cli/complete.ts");
  const { peerNamesIn } = await import("./cli/peer-names.ts");
  const { layout } = await import("./core/layout.ts");
  const { rootAt } = await import("./cli/root.ts");
  const { typedRoot } = await import("./cli/completion/typed.ts");
  const typed = words.slice(1);
  const root = rootAt(typedRoot(typed, home), { env, cwd, home });
  const found = await complete(typed, {
    peers: async () => peerNamesIn(await textOf(layout(root).registry)),
    runtimes: async () => {
      const app = await loadApp(root);
      return app.ok ? [...app.value.host.runtimes.keys()] : [];
    },
  });
  const wrote = writeNow(1, found.map((word) => `${word}\n`).join(""));
  if (wrote.state === "full") await Bun.write(Bun.stdout, wrote.left);
  return wrote.state === "failed" ? 1 : 0;
}

/** Completion has nobody to tell of a file that cannot be read: it offers nothing. */
function textOf(path: string): Promise<string> {
  return Bun.file(path)
    .text()
    .catch(() => "");
}
