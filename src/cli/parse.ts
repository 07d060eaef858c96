// From words to arguments, with the parser of yargs. The verb is known by now, so that it is told
// about one verb's options instead of forty verbs'; every complaint is ours, with a suggestion.
// Its form without node's modules: those take 7 ms of each command, for nothing that we use.

import parser from "yargs-parser/browser";
import { nearest } from "../rules/names.ts";
import { Args, usage } from "./args.ts";
import { GLOBAL_OPTIONS, type OptionSpec, optionsOf, type VerbSpec } from "./spec.ts";

/** Parses what was typed beside the verb's own words. Throws usage errors (exit 2). */
export function parseArgs(verb: VerbSpec, words: readonly string[]): Args {
  const options = optionsOf(verb);
  const parsed = read(options, words, verb.name);
  const isArgvVerb = verb.argv !== undefined;
  const rest = parsed.rest ?? [];
  const positionals = isArgvVerb ? parsed.words : [...parsed.words, ...rest];
  const { values } = parsed;
  if (!values.has("help") && !values.has("version")) {
    checkPositionals(verb, positionals);
    // As of a variable that is not set: a peer of the default runtime is not what was meant.
    if (isArgvVerb && parsed.rest?.length === 0) throw usage("nothing follows --", LEAVE_OUT);
  }
  return new Args({ positionals, options: values, argv: isArgvVerb ? rest : [] });
}

/** Parses a line without a verb, which may hold global options only. */
export function parseGlobals(words: readonly string[]): Args {
  const { values } = read(GLOBAL_OPTIONS, words, undefined);
  return new Args({ positionals: [], options: values, argv: [] });
}

type Values = ReadonlyMap<string, readonly string[] | true>;

interface Parsed {
  readonly words: readonly string[];
  /** Absent: no `--` was typed. */
  readonly rest?: readonly string[];
  readonly values: Values;
}

function read(
  options: readonly OptionSpec[],
  words: readonly string[],
  verb: string | undefined,
): Parsed {
  const end = words.indexOf("--");
  const own = end === -1 ? words : words.slice(0, end);
  const parsed = parser.detailed([...own], described(options));
  const { _, ...found } = parsed.argv;
  for (const key of Object.keys(found)) assertKnown(key, verb, options);
  const complaint = parsed.error as Error | null;
  if (complaint !== null) throw usage(said(complaint.message), help(verb));
  // As of a variable that is not set: the usual root is not what was meant.
  if ([found["root"]].flat().includes("")) throw usage("--root needs a value", help(verb));
  return {
    words: _.map(String),
    values: valuesOf(found, options),
    ...(end === -1 ? {} : { rest: words.slice(end + 1) }),
  };
}

/** Of yargs' own parser; a test tells yargs the same, and compares. */
export const PARSER = {
  "boolean-negation": false,
  "camel-case-expansion": false,
  "dot-notation": false,
  "greedy-arrays": false,
  // As with git and gh, the word behind an option is its value, a dash in front of it or not.
  "nargs-eats-options": true,
  "parse-numbers": false,
  "parse-positional-numbers": false,
  "strip-aliased": true,
};

const said = (complaint: string): string =>
  complaint
    .replace(/^Not enough arguments following: (.*)$/, (_, key) => `${dashed(key)} needs a value`)
    .replace(/^Argument unexpected for: (.*)$/, (_, key) => `${dashed(key)} takes no value`);

const dashed = (key: string): string => (key.length === 1 ? `-${key}` : `--${key}`);

function described(options: readonly OptionSpec[]): parser.Options {
  const switches = options.filter(({ takes }) => takes === undefined);
  const others = options.filter(({ takes }) => takes !== undefined);
  return {
    boolean: switches.map(({ name }) => name),
    string: others.map(({ name }) => name),
    // Without it a peer called true would be taken for the value of a switch. NaN: one at least.
    narg: Object.fromEntries(
      options.map(({ name, takes }) => [name, takes === undefined ? 0 : Number.NaN]),
    ),
    alias: Object.fromEntries(
      options.flatMap(({ name, short }) => (short === undefined ? [] : [[name, [short]]])),
    ),
    configuration: PARSER,
  };
}

function valuesOf(found: Record<string, unknown>, options: readonly OptionSpec[]): Values {
  const values = new Map<string, readonly string[] | true>();
  for (const { name, takes } of options) {
    const given = [found[name]].flat().filter((value) => value !== undefined);
    if (takes === undefined && given.includes(true)) values.set(name, true);
    if (takes !== undefined && given.length > 0) values.set(name, given.map(String));
  }
  return values;
}

function assertKnown(
  key: string,
  verb: string | undefined,
  options: readonly OptionSpec[],
): void {
  if (options.some((option) => option.name === key || option.short === key)) return;
  const typed = dashed(key);
  const near = nearest(key, options.map((option) => option.name));
  throw usage(
    verb === undefined ? `there is no option ${typed}` : `${verb} has no option ${typed}`,
    near === null ? help(verb) : `did you mean --${near}?`,
  );
}

function checkPositionals(verb: VerbSpec, given: readonly string[]): void {
  const missing = verb.positionals.find((p, i) => p.optional !== true && given[i] === undefined);
  if (missing !== undefined) throw usage(`${verb.name} needs <${missing.name}>`, help(verb.name));
  const extra = given[verb.positionals.length];
  if (extra === undefined) return;
  throw usage(`${verb.name} does not take ${JSON.stringify(extra)}`, placeOf(verb));
}

/** Where a word that is too many was probably to go. */
function placeOf(verb: VerbSpec): string {
  if (verb.argv !== undefined) return "what the peer runs comes after --";
  const says = verb.options.some(({ name }) => name === "message");
  return says ? "what to say comes after --message" : help(verb.name);
}

const LEAVE_OUT = "put the program there that the peer is to run, or leave -- out";

const help = (verb: string | undefined): string =>
  verb === undefined ? "see iapeer --help" : `see iapeer ${verb} --help`;
