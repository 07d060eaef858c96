// One run of the command line: choose the verb, parse, load its module, run it, render a failure.

import type { IapeerError } from "../core/error.ts";
import type { Result } from "../core/result.ts";
import type { App } from "./app.ts";
import type { Args } from "./args.ts";
import { choose } from "./choose.ts";
import { renderFailure } from "./fail.ts";
import { Output } from "./output.ts";
import { parseArgs, parseGlobals } from "./parse.ts";
import { readied, strict, wantedBy } from "./readied.ts";
import { type Paint, painter } from "./render/color.ts";
import { renderFamilyHelp, renderOverview, renderVerbHelp } from "./render/help.ts";
import { askedRoot, rootAt, rootOf } from "./root.ts";
import type { CliTerminal } from "./terminal.ts";
import { VERBS } from "./tree.ts";
import type { VerbSpec } from "./spec.ts";

/** What main.ts hands in: the process, and the way to an App. */
export interface CliProcess {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly version: string;
  readonly terminal: CliTerminal;
  /** The argv that runs this program again. */
  readonly program: readonly string[];
  /** Loads wire.ts; called at most once a root, and not at all by verbs that need nothing. */
  readonly createApp: (root: string) => Promise<Result<App, IapeerError>>;
}

/** Resolves to the exit code; never rejects. */
export async function run(cli: CliProcess): Promise<number> {
  const { terminal, words } = cli;
  const own = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  const asTyped = new Output(terminal, { json: own.includes("--json"), quiet: false });
  const telling: Telling = { output: asTyped };
  try {
    return await dispatch(cli, telling);
  } catch (thrown) {
    const failure = renderFailure(thrown, {
      paint: painter(terminal.color && terminal.isErrTty),
      debug: own.includes("--debug"),
      root: askedRoot(words),
    });
    // One document: a life verb's refusal is its answer, and is there already.
    if (!telling.output.hasAnswered) telling.output.json(failure.document);
    terminal.err(failure.text);
    return failure.exit;
  }
}

/** As it was typed until the words are parsed: a wrong one is no reason to print no document. */
interface Telling {
  output: Output;
}

async function dispatch(cli: CliProcess, telling: Telling): Promise<number> {
  const typedRoot = rootOf(cli);
  const once = lazyApp(cli, typedRoot);
  const chosen = await choose(cli.words, async () => [...(await once()).host.runtimes.keys()]);
  if (chosen.state === "none") return withoutVerb(cli, once);
  if (chosen.state === "family") return printHelp(cli, { family: chosen.verbs });
  const args = parseArgs(chosen.verb, chosen.words);
  telling.output = outputOf(cli, args);
  if (args.has("version")) return printVersion(cli);
  if (args.has("help") || chosen.isHelp) return printHelp(cli, { verb: chosen.listed });
  const module = await chosen.verb.load();
  // Only now is it certain which word is the value of --root, and which another option's.
  const root = rootAt(args.text("root"), cli);
  const app = root === typedRoot ? once : lazyApp(cli, root);
  return module.run({
    spec: chosen.verb,
    args,
    output: telling.output,
    terminal: cli.terminal,
    cwd: cli.cwd,
    env: cli.env,
    app: readied(app, wantedBy(chosen.verb, args), telling.output),
    appAt: async (root) => strict(await appOf(cli, root)),
    program: cli.program,
  });
}

const outputOf = (cli: CliProcess, args: Args): Output =>
  new Output(cli.terminal, {
    json: args.has("json"),
    quiet: args.has("quiet"),
    root: args.text("root"),
  });

async function withoutVerb(cli: CliProcess, app: () => Promise<App>): Promise<number> {
  const args = parseGlobals(cli.words);
  if (args.has("version")) return printVersion(cli);
  if (args.has("help")) return printHelp(cli, { family: [] });
  const { welcome } = await import("./verbs/welcome.ts");
  const output = outputOf(cli, args);
  return welcome({
    terminal: cli.terminal,
    output,
    app: readied(app, { root: "as-it-is", readsOnly: true, tellsConfig: true }, output),
  });
}

function printVersion(cli: CliProcess): number {
  cli.terminal.out(`${cli.version}\n`);
  return 0;
}

/** A family of none: all verbs. */
type About = { readonly verb: VerbSpec } | { readonly family: readonly VerbSpec[] };

function printHelp(cli: CliProcess, about: About): number {
  const lines = helpAbout(about, painter(cli.terminal.color));
  cli.terminal.out(`${lines.join("\n")}\n`);
  return 0;
}

function helpAbout(about: About, paint: Paint): readonly string[] {
  if ("verb" in about) return renderVerbHelp(about.verb, paint);
  const { family } = about;
  return family.length === 0 ? renderOverview(VERBS, paint) : renderFamilyHelp(family, paint);
}

function lazyApp(cli: CliProcess, root: string): () => Promise<App> {
  let made: Promise<App> | undefined;
  return () => (made ??= appOf(cli, root));
}

async function appOf(cli: CliProcess, root: string): Promise<App> {
  const created = await cli.createApp(root);
  if (!created.ok) throw created.error;
  return created.value;
}
