// One run of the command line: choose the verb, parse, load its module, run it, render a failure.

import { isAbsolute, resolve } from "node:path";
import { IapeerError } from "../core/error.ts";
import type { Result } from "../core/result.ts";
import type { App } from "./app.ts";
import { Args } from "./args.ts";
import { type Chosen, choose } from "./choose.ts";
import { renderFailure } from "./fail.ts";
import { Output } from "./output.ts";
import { parseArgs, parseGlobals } from "./parse.ts";
import { painter } from "./render/color.ts";
import { renderOverview, renderVerbHelp } from "./render/help.ts";
import type { CliTerminal } from "./terminal.ts";
import { VERBS } from "./tree.ts";

/** What main.ts hands in: the process, and the way to an App. */
export interface CliProcess {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly version: string;
  readonly terminal: CliTerminal;
  /** Loads wire.ts; called at most once, and not at all by verbs that need nothing. */
  readonly createApp: (root: string) => Promise<Result<App, IapeerError>>;
}

/** Resolves to the exit code; never rejects. */
export async function run(cli: CliProcess): Promise<number> {
  const { terminal, words } = cli;
  try {
    return await dispatch(cli);
  } catch (thrown) {
    const own = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
    const failure = renderFailure(thrown, {
      paint: painter(terminal.color && terminal.isErrTty),
      debug: own.includes("--debug"),
    });
    terminal.err(failure.text);
    return failure.exit;
  }
}

async function dispatch(cli: CliProcess): Promise<number> {
  const once = lazyApp(cli);
  const chosen = await choose(cli.words, async () => [...(await once()).host.runtimes.keys()]);
  if (chosen.state === "none") return withoutVerb(cli, once);
  const args = parseArgs(chosen.verb, chosen.words);
  if (args.has("version")) return printVersion(cli);
  if (args.has("help") || chosen.isHelp) return printHelp(cli, chosen);
  const module = await chosen.verb.load();
  return module.run({
    spec: chosen.verb,
    typed: chosen.typed,
    args,
    output: outputOf(cli, args),
    terminal: cli.terminal,
    cwd: cli.cwd,
    env: cli.env,
    app: once,
  });
}

const outputOf = (cli: CliProcess, args: Args): Output =>
  new Output(cli.terminal, { json: args.has("json"), quiet: args.has("quiet") });

async function withoutVerb(cli: CliProcess, app: () => Promise<App>): Promise<number> {
  const args = parseGlobals(cli.words);
  if (args.has("version")) return printVersion(cli);
  if (args.has("help")) return printHelp(cli);
  const { welcome } = await import("./verbs/welcome.ts");
  return welcome({ terminal: cli.terminal, output: outputOf(cli, args), app });
}

function printVersion(cli: CliProcess): number {
  cli.terminal.out(`${cli.version}\n`);
  return 0;
}

function printHelp(cli: CliProcess, chosen?: Extract<Chosen, { state: "verb" }>): number {
  const paint = painter(cli.terminal.color);
  const lines =
    chosen === undefined ? renderOverview(VERBS, paint) : renderVerbHelp(chosen.verb, paint);
  cli.terminal.out(`${lines.join("\n")}\n`);
  return 0;
}

/** The App of the root that was asked for: --root over IAPEER_ROOT over ~/.iapeer. */
function lazyApp(cli: CliProcess): () => Promise<App> {
  let made: Promise<App> | undefined;
  const make = async () => {
    const created = await cli.createApp(rootOf(cli));
    if (!created.ok) throw created.error;
    return created.value;
  };
  return () => (made ??= make());
}

export function rootOf(cli: Pick<CliProcess, "words" | "env" | "cwd" | "home">): string {
  const end = cli.words.indexOf("--");
  const own = end === -1 ? cli.words : cli.words.slice(0, end);
  const at = own.findLastIndex((word) => word === "--root" || word.startsWith("--root="));
  const asked = own[at]?.startsWith("--root=") ? own[at].slice(7) : own[at + 1];
  const root = at === -1 ? cli.env["IAPEER_ROOT"] : asked;
  if (root === undefined || root === "") return `${cli.home}/.iapeer`;
  return isAbsolute(root) ? root : resolve(cli.cwd, root);
}
