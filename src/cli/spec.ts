// What a verb is, as data: the parser, the help, the shell completion, docs/reference.md and the
// walk in test/cli are all rendered from these (CLI contract).

import type { VerbModule } from "./context.ts";

export const GROUPS = {
  "try it": "Try it",
  peers: "Peers",
  life: "Life",
  memory: "Memory",
  host: "Host",
} as const;

export type Group = keyof typeof GROUPS;

/** What completion offers for a word. */
export type Completes = "peers" | "runtimes" | "folders" | "files" | readonly string[];

export interface OptionSpec {
  /** Without dashes. */
  readonly name: string;
  readonly short?: string;
  /** Absent: a switch. `list` may be repeated. */
  readonly takes?: "text" | "list" | "duration" | "count";
  /** Placeholder in the help: `--runtime R`. */
  readonly value?: string;
  readonly summary: string;
  readonly completes?: Completes;
}

export interface PositionalSpec {
  readonly name: string;
  readonly optional?: boolean;
  readonly summary: string;
  readonly completes?: Completes;
}

export interface Example {
  readonly line: string;
  readonly does: string;
}

/** What each exit code means for this verb; 2 is always usage or input, as an unknown peer. */
export interface Exits {
  readonly 0: string;
  readonly 1: string;
}

/** `destroys` verbs take `--preview`, and need `--yes` without a terminal. */
export type Effect = "reads" | "changes" | "destroys";

/**
 * Of a root that is not there: it is made, or the verb is refused, or it goes on without one, as
 * what can be about a service manager alone.
 */
export type RootUse = "made" | "needed" | "as-it-is";

export interface VerbSpec {
  /** One word, or two for a verb in a family (`daemon run`). */
  readonly name: string;
  readonly group: Group;
  readonly summary: string;
  /** Whole sentences for `--help` and the reference. */
  readonly details?: string;
  readonly effect: Effect;
  /** Absent: `as-it-is` where the verb only reads, else `needed`. */
  readonly root?: RootUse;
  /** A configuration that cannot be used is among what it finds. */
  readonly tellsConfig?: true;
  /** It brings something to rest, which a configuration that cannot be used must not prevent. */
  readonly worksOnDefaults?: true;
  readonly positionals: readonly PositionalSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly [Example, ...Example[]];
  readonly exits: Exits;
  /** Schema of the `--json` document, or what its lines are; absent: no `--json`. */
  readonly json?: string;
  /** Name of what follows `--`, where a verb takes an argv. */
  readonly argv?: string;
  readonly load: () => Promise<VerbModule>;
}

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: "help", short: "h", summary: "show this help and run nothing" },
  { name: "version", summary: "print the version" },
  { name: "quiet", short: "q", summary: "print only the answer: no notes, no progress" },
  {
    name: "root",
    takes: "text",
    value: "DIR",
    summary: "where iapeer keeps its files (default: $IAPEER_ROOT, else ~/.iapeer)",
    completes: "folders",
  },
  { name: "no-color", summary: "no colour, as with NO_COLOR in the environment" },
  { name: "debug", summary: "show where an error came from" },
];

const JSON_OPTION: OptionSpec = {
  name: "json",
  summary: "JSON, and nothing else on stdout",
};

const DESTROY_OPTIONS: readonly OptionSpec[] = [
  { name: "preview", summary: "print what would be done and change nothing" },
  { name: "yes", short: "y", summary: "do not ask; needed without a terminal" },
];

/** Every option that a verb accepts, its own first, the global ones last. */
export const optionsOf = (verb: VerbSpec): readonly OptionSpec[] => [
  ...verb.options,
  ...(verb.effect === "destroys" ? DESTROY_OPTIONS : []),
  ...(verb.json === undefined ? [] : [JSON_OPTION]),
  ...GLOBAL_OPTIONS,
];

/** `wake <peer>`, `exits [peer]`, `create <name> [-- argv...]`. */
export function usageOf(verb: VerbSpec): string {
  const words = verb.positionals.map((p) => (p.optional === true ? `[${p.name}]` : `<${p.name}>`));
  const argv = verb.argv === undefined ? [] : [`[-- ${verb.argv}]`];
  return ["iapeer", verb.name, ...words, "[options]", ...argv].join(" ");
}
