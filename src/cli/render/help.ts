// `--help` of the program and of each verb, from the tree. Pure.

import {
  GLOBAL_OPTIONS,
  GROUPS,
  type Group,
  type OptionSpec,
  optionsOf,
  usageOf,
  type VerbSpec,
} from "../spec.ts";
import type { Paint } from "./color.ts";
import { pad } from "./text.ts";

/** `iapeer --help`. */
export function renderOverview(verbs: readonly VerbSpec[], paint: Paint): readonly string[] {
  const width = Math.max(...verbs.map((verb) => shortUsage(verb).length)) + 2;
  const groups = (Object.keys(GROUPS) as Group[]).flatMap((group) => [
    "",
    paint("bold", GROUPS[group]),
    ...verbs
      .filter((verb) => verb.group === group)
      .map((verb) => `  ${pad(shortUsage(verb), width)}${verb.summary}`),
  ]);
  return [
    "Keeps a fleet of AI agents alive, reachable and accounted for.",
    "",
    "Usage: iapeer <verb> [options]",
    ...groups,
    "",
    paint("bold", "Options of every verb"),
    ...optionLines(GLOBAL_OPTIONS),
    "",
    "Example: iapeer demo            see it work, in a scratch folder",
    "More:    iapeer <verb> --help",
  ];
}

/** `iapeer daemon --help`, of verbs whose names begin alike: a line each, as in the overview. */
export function renderFamilyHelp(verbs: readonly VerbSpec[], paint: Paint): readonly string[] {
  const family = verbs[0]?.name.split(" ")[0] ?? "";
  const width = Math.max(...verbs.map((verb) => shortUsage(verb).length)) + 2;
  return [
    `Usage: iapeer ${family} <verb> [options]`,
    "",
    paint("bold", "Verbs"),
    ...verbs.map((verb) => `  ${pad(shortUsage(verb), width)}${verb.summary}`),
    "",
    paint("bold", "Options of every verb"),
    ...optionLines(GLOBAL_OPTIONS),
    "",
    `More:    iapeer ${family} <verb> --help`,
  ];
}

/** `iapeer <verb> --help`. */
export function renderVerbHelp(verb: VerbSpec, paint: Paint): readonly string[] {
  const width = Math.max(0, ...verb.positionals.map((p) => p.name.length)) + 4;
  const own = optionsOf(verb).filter((option) => !GLOBAL_OPTIONS.includes(option));
  return [
    `${verb.summary[0]?.toUpperCase() ?? ""}${verb.summary.slice(1)}.`,
    "",
    `Usage: ${usageOf(verb)}`,
    ...(verb.details === undefined ? [] : ["", ...wrap(verb.details, 80)]),
    ...section("Words", verb.positionals.map((p) => `  ${pad(`<${p.name}>`, width)}${p.summary}`)),
    ...section("Options", optionLines(own)),
    ...section("Options of every verb", optionLines(GLOBAL_OPTIONS)),
    ...section("Exit codes", [
      `  0  ${verb.exits[0]}`,
      `  1  ${verb.exits[1]}`,
      "  2  wrong usage or input, such as a peer that is not there",
    ]),
    ...(verb.json === undefined ? [] : ["", `--json prints ${verb.json}.`]),
    ...verb.examples.flatMap((example) => ["", `Example: ${example.does}`, `  ${example.line}`]),
  ].map((line) => (TITLES.has(line) ? paint("bold", line) : line));
}

const TITLES = new Set(["Words", "Options", "Options of every verb", "Exit codes"]);

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", title, ...lines];

const shortUsage = (verb: VerbSpec): string =>
  [verb.name, ...verb.positionals.map((p) => (p.optional ? `[${p.name}]` : `<${p.name}>`))].join(
    " ",
  );

export const optionLabel = ({ name, short, value, takes }: OptionSpec): string =>
  `${short === undefined ? "    " : `-${short}, `}--${name}${takes ? ` ${value ?? "VALUE"}` : ""}`;

function optionLines(options: readonly OptionSpec[]): readonly string[] {
  const width = Math.max(0, ...options.map((option) => optionLabel(option).length)) + 2;
  return options.map(
    (option) =>
      `  ${pad(optionLabel(option), width)}${option.summary}` +
      (option.takes === "list" ? " (may be repeated)" : ""),
  );
}

/** Lines of at most `columns`, broken at spaces. */
function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
