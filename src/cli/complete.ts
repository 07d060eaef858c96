// What could stand where the cursor is (CLI contract: verbs, options, peers and runtimes). The
// shells' scripts call `iapeer __complete <words>`; the last word is the one being typed.

import { joinEquals } from "./completion/typed.ts";
import type { Completes, OptionSpec, VerbSpec } from "./spec.ts";
import { GLOBAL_OPTIONS, optionsOf } from "./spec.ts";
import { findVerb, FOLDER_LAUNCH, VERBS } from "./tree.ts";

/** The shell is asked to complete the word itself. */
const FILES = ":files";
export const FOLDERS = ":folders";

export interface CompletionSources {
  peers(): Promise<readonly string[]>;
  runtimes(): Promise<readonly string[]>;
}

/** Candidates, each `word` or `word<TAB>what it is`. */
export async function complete(
  words: readonly string[],
  sources: CompletionSources,
): Promise<readonly string[]> {
  const typed = joinEquals(words);
  const current = typed.at(-1) ?? "";
  const before = withoutHelp(typed.slice(0, -1));
  if (before.includes("--")) return [FILES];
  const place = await placeOf(before, sources);
  const assigned = /^--([^=]+)=(.*)$/s.exec(current);
  if (assigned !== null) {
    const [, name = "", value = ""] = assigned;
    const option = place.options.find((known) => known.name === name);
    // bash takes `=` for a break between words, and completes what follows it alone.
    const prefix = isSplitByShell(words) ? "" : `--${name}=`;
    const found = await candidates(option?.completes, sources);
    return startingWith(found, value).map((word) => (isDirective(word) ? word : prefix + word));
  }
  const awaited = awaitedBy(before.at(-1), place.options);
  if (awaited !== undefined) {
    return startingWith(await candidates(awaited.completes, sources), current);
  }
  if (current.startsWith("-")) return startingWith(place.options.map(optionWord), current);
  return startingWith(await wordsAt(place, sources), current);
}

/** `iapeer help wake` is about what `iapeer wake` is. */
function withoutHelp(before: readonly string[]): readonly string[] {
  const [first] = plainWords(before, GLOBAL_OPTIONS);
  const at = first === "help" ? before.indexOf(first) : before.length;
  return before.filter((_, i) => i !== at);
}

interface Place {
  readonly options: readonly OptionSpec[];
  readonly verb: VerbSpec | undefined;
  /** The family whose verb is being typed (`daemon`). */
  readonly family: string | undefined;
  /** How many words of the verb's own have been typed. */
  readonly typed: number;
}

async function placeOf(before: readonly string[], sources: CompletionSources): Promise<Place> {
  const [first, second, ...more] = plainWords(before, GLOBAL_OPTIONS);
  const nowhere = { options: GLOBAL_OPTIONS, verb: undefined, family: undefined, typed: 0 };
  if (first === undefined) return nowhere;
  const found = findVerb(first, second);
  if (found.state === "family") return { ...nowhere, family: first };
  const verb =
    found.state === "verb"
      ? found.verb
      : (await sources.runtimes()).includes(first)
        ? VERBS.find(({ name }) => name === FOLDER_LAUNCH)
        : undefined;
  if (verb === undefined) return { ...nowhere, typed: 1 + more.length };
  const own = plainWords(before, optionsOf(verb)).length - verb.name.split(" ").length;
  return { options: optionsOf(verb), verb, family: undefined, typed: own };
}

/** The words that are neither options nor values of options. */
function plainWords(words: readonly string[], options: readonly OptionSpec[]): readonly string[] {
  return words.filter(
    (word, i) => !word.startsWith("-") && awaitedBy(words[i - 1], options) === undefined,
  );
}

function awaitedBy(
  word: string | undefined,
  options: readonly OptionSpec[],
): OptionSpec | undefined {
  if (word === undefined || !word.startsWith("-")) return undefined;
  return options.find(
    ({ name, short, takes }) =>
      takes !== undefined && (word === `--${name}` || word === `-${short ?? "-"}`),
  );
}

async function wordsAt(place: Place, sources: CompletionSources): Promise<readonly string[]> {
  const { verb, family, typed } = place;
  if (verb !== undefined) return candidates(verb.positionals[typed]?.completes, sources);
  if (family !== undefined) {
    return VERBS.filter(({ name }) => name.startsWith(`${family} `)).map(({ name, summary }) =>
      described(name.slice(family.length + 1), summary),
    );
  }
  if (typed > 0) return [];
  const runtimes = (await sources.runtimes()).map((name) =>
    described(name, "start the peer of this folder"),
  );
  return [...new Set(VERBS.map(firstWord)), ...runtimes];
}

function firstWord({ name, summary }: VerbSpec): string {
  const space = name.indexOf(" ");
  if (name === FOLDER_LAUNCH) return "";
  return space === -1 ? described(name, summary) : name.slice(0, space);
}

async function candidates(
  completes: Completes | undefined,
  sources: CompletionSources,
): Promise<readonly string[]> {
  switch (completes) {
    case undefined:
      return [];
    case "peers":
      return sources.peers();
    case "runtimes":
      return sources.runtimes();
    case "folders":
      return [FOLDERS];
    case "files":
      return [FILES];
    default:
      return completes;
  }
}

const described = (word: string, what: string): string => `${word}\t${what}`;

const optionWord = ({ name, summary }: OptionSpec): string => described(`--${name}`, summary);

const isDirective = (word: string): boolean => word.startsWith(":");

const startingWith = (words: readonly string[], current: string): readonly string[] =>
  words.filter((word) => word !== "" && (isDirective(word) || word.startsWith(current)));

const isSplitByShell = (words: readonly string[]): boolean => words.includes("=");
