// docs/reference.md, from the tree and the tables of codes. Pure; a test fails when it drifts.

import type { CodeMeaning } from "../error-codes.ts";
import {
  GLOBAL_OPTIONS,
  GROUPS,
  type Group,
  type OptionSpec,
  optionsOf,
  usageOf,
  type VerbSpec,
} from "../spec.ts";
import { optionLabel } from "./help.ts";

export interface Reference {
  readonly verbs: readonly VerbSpec[];
  readonly errors: readonly CodeMeaning[];
  readonly refusals: readonly CodeMeaning[];
  readonly troubles: readonly CodeMeaning[];
}

const CODES_LEAD = "A failure's code is shown with `--debug`, and is in the document of `--json`.";

export function renderReference({ verbs, errors, refusals, troubles }: Reference): string {
  const groups = (Object.keys(GROUPS) as Group[]).flatMap((group) => [
    `## ${GROUPS[group]}`,
    "",
    ...verbs.filter((verb) => verb.group === group).flatMap(verbSection),
  ]);
  return [
    "# Reference",
    "",
    "Rendered from the verbs' own descriptions by `bun scripts/render-reference.ts`.",
    "",
    "stdout is the answer, stderr is everything else. Exit codes: 0 done; 1 the thing asked for",
    "failed, or an error was found; 2 wrong usage or input, such as a peer that is not there.",
    "With `--json` a failure too is a document: `iapeer.error.v1`, with `code`, `what`, `why` (not",
    "always) and `next`, unless a document or a line was printed before it, such as a refusal's.",
    "Durations are `90`, `90s`, `5m`, `2h` or `500ms`. What follows `--` is never an option.",
    "",
    "## Options of every verb",
    "",
    ...optionTable(GLOBAL_OPTIONS),
    "",
    ...groups,
    ...codeSection("Error codes", CODES_LEAD, errors),
    ...codeSection("Refusals", "The `cause` of a life verb's refusal or failure.", refusals),
    ...codeSection("Status", "The `code` of each trouble in `iapeer status --json`.", troubles),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}

function verbSection(verb: VerbSpec): readonly string[] {
  const own = optionsOf(verb).filter((option) => !GLOBAL_OPTIONS.includes(option));
  const summary = `${verb.summary[0]?.toUpperCase() ?? ""}${verb.summary.slice(1)}.`;
  return [
    `### ${verb.name.replaceAll("<", "\\<")}`,
    "",
    `\`${usageOf(verb)}\``,
    "",
    verb.details === undefined ? summary : `${summary} ${verb.details}`,
    "",
    ...(own.length === 0 ? [] : [...optionTable(own), ""]),
    `Exit codes: 0 ${verb.exits[0]}; 1 ${verb.exits[1]}.`,
    ...(verb.json === undefined ? [] : [`With \`--json\`: ${verb.json}.`]),
    "",
    "```sh",
    ...verb.examples.map(({ line, does }) => `${line}  # ${does}`),
    "```",
    "",
  ];
}

const optionTable = (options: readonly OptionSpec[]): readonly string[] => [
  "| option | what |",
  "|---|---|",
  ...options.map(
    (option) =>
      `| \`${cell(optionLabel(option).trim())}\` | ${cell(option.summary)}` +
      `${option.takes === "list" ? " (may be repeated)" : ""} |`,
  ),
];

const codeSection = (
  title: string,
  lead: string,
  codes: readonly CodeMeaning[],
): readonly string[] => [
  `## ${title}`,
  "",
  lead,
  "",
  "| code | what it means |",
  "|---|---|",
  ...codes.map(({ code, meaning }) => `| \`${code}\` | ${cell(meaning)} |`),
  "",
];

const cell = (text: string): string => text.replaceAll("|", "\\|");
