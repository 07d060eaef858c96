// Which verb was meant. A word that is no verb may be a runtime's name (`iapeer claude`), which
// only the adapters know; otherwise the nearest verb is suggested.

import { nearest } from "../rules/names.ts";
import { usage } from "./args.ts";
import { GLOBAL_OPTIONS, type VerbSpec } from "./spec.ts";
import { findVerb, FOLDER_LAUNCH, VERBS } from "./tree.ts";

export type Chosen =
  | { readonly state: "none" }
  /** `iapeer daemon --help`; none of them: `iapeer help`. */
  | { readonly state: "family"; readonly verbs: readonly VerbSpec[] }
  | {
      readonly state: "verb";
      /** By the name that was typed: in a folder launch the runtime's. */
      readonly verb: VerbSpec;
      /** As it stands in the tree, which is what its help shows. */
      readonly listed: VerbSpec;
      /** Everything else that was typed. */
      readonly words: readonly string[];
      /** `iapeer help <verb>`. */
      readonly isHelp: boolean;
    };

/** Throws a usage error for a word that is neither verb nor runtime. */
export async function choose(
  words: readonly string[],
  runtimes: () => Promise<readonly string[]>,
): Promise<Chosen> {
  const at = verbWord(words);
  const first = at === undefined ? undefined : words[at];
  if (at === undefined || first === undefined) return { state: "none" };
  if (first === "help") return helpAbout(words, at, runtimes);
  const second = words[at + 1];
  const found = findVerb(first, second);
  const without = (count: number) => [...words.slice(0, at), ...words.slice(at + count)];
  const chosen = { state: "verb", isHelp: false } as const;
  switch (found.state) {
    case "verb":
      return { ...chosen, verb: found.verb, listed: found.verb, words: without(found.words) };
    case "family":
      if (asksForHelp(words)) return { state: "family", verbs: found.verbs };
      throw inFamily(first, second, found.verbs);
    case "unknown": {
      const listed = await folderLaunch(first, runtimes);
      return { ...chosen, verb: { ...listed, name: first }, listed, words: without(1) };
    }
  }
}

async function helpAbout(
  words: readonly string[],
  at: number,
  runtimes: () => Promise<readonly string[]>,
): Promise<Chosen> {
  const rest = [...words.filter((_, i) => i !== at), "--help"];
  const chosen = await choose(rest, runtimes);
  if (chosen.state === "none") return { state: "family", verbs: [] };
  return chosen.state === "verb" ? { ...chosen, isHelp: true } : chosen;
}

const asksForHelp = (words: readonly string[]): boolean =>
  words.includes("--help") || words.includes("-h");

/** Where the verb is among the words; undefined when only options were typed. */
function verbWord(words: readonly string[]): number | undefined {
  const taking = new Set(
    GLOBAL_OPTIONS.filter((o) => o.takes !== undefined).map((o) => `--${o.name}`),
  );
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--") return undefined;
    if (!word.startsWith("-") || word === "-") return i;
    if (taking.has(word)) i += 1;
  }
  return undefined;
}

function inFamily(family: string, word: string | undefined, verbs: readonly VerbSpec[]): Error {
  const names = verbs.map(({ name }) => name.slice(family.length + 1));
  const isWord = word !== undefined && !word.startsWith("-");
  const near = isWord ? nearest(word, names) : null;
  const next =
    near === null ? `one of ${names.join(", ")}` : `did you mean iapeer ${family} ${near}?`;
  const what = isWord ? `${family} has no verb ${JSON.stringify(word)}` : `${family} needs a verb`;
  return usage(what, next);
}

async function folderLaunch(
  word: string,
  runtimes: () => Promise<readonly string[]>,
): Promise<VerbSpec> {
  const verbs = VERBS.map(({ name }) => name).filter((name) => name !== FOLDER_LAUNCH);
  const known = await runtimes().catch((thrown: unknown) => {
    // A root that cannot be used hides which runtimes there are, but not a typing mistake.
    if (nearest(word, verbs) === null) throw thrown;
    return [] as readonly string[];
  });
  const verb = VERBS.find(({ name }) => name === FOLDER_LAUNCH);
  if (verb !== undefined && known.includes(word)) return verb;
  const near = ELSEWHERE.get(word) ?? nearest(word, [...verbs, ...known]);
  throw usage(
    `there is no verb ${JSON.stringify(word)}`,
    near === null ? "see iapeer --help" : `did you mean iapeer ${near}?`,
  );
}

/** What other programs call it; the nearest spelling of these is nothing, or another thing. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["ls", "list"],
  ["ps", "list"],
  ["rm", "remove"],
  ["delete", "remove"],
  ["kill", "stop"],
  ["restart", "new, or iapeer stop and iapeer start, which resumes"],
  ["send", "wake <peer> --message TEXT"],
  ["version", "--version"],
]);
