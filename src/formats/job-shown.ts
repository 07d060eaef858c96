// What a plist or unit on disk says of its job, whoever wrote it: for diagnosis, never acted on.

import { parsePlist, type PlistValue } from "./plist.ts";

export interface JobShown {
  readonly program: string | null;
  /** What that program is to run, where it is named by a path: the first of its words. */
  readonly script: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly stdout: string | null;
  /** launchd's LimitLoadToSessionType; null: it has none. */
  readonly sessionType: string | null;
}

/** Null: it is neither a plist nor a unit that can be read. */
export function parseJobFile(text: string): JobShown | null {
  const plist = parsePlist(text);
  if (plist.ok) return shownPlist(plist.value);
  const lines = text.split("\n");
  return lines.includes("[Service]") ? shownUnit(lines) : null;
}

function shownPlist(dict: Readonly<Record<string, PlistValue>>): JobShown {
  const { ProgramArguments: argv, Program: program, StandardOutPath: stdout } = dict;
  const { EnvironmentVariables: env, LimitLoadToSessionType: session } = dict;
  const words: readonly PlistValue[] = Array.isArray(argv) ? (argv as PlistValue[]) : [];
  return {
    program: textOr(words[0] ?? program),
    script: pathOr(textOr(words[1])),
    env: typeof env === "object" && !Array.isArray(env) ? textsOf(env) : {},
    stdout: textOr(stdout),
    sessionType: session === undefined ? null : JSON.stringify(session),
  };
}

const textOr = (value: PlistValue | undefined): string | null =>
  typeof value === "string" ? value : null;

const pathOr = (word: string | null): string | null =>
  word?.startsWith("/") === true ? word : null;

const textsOf = (values: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => {
      return typeof entry[1] === "string";
    }),
  );

/** A program whose path systemd would not take is started by sh (formats/systemd-unit.ts). */
const BY_SH = String.raw`"exec \"$$0\" \"$$@\""`;

/**
 * Of our own quoting only: what others quote otherwise is shown as it stands. By lines, since a
 * regular expression takes U+2028 for the end of one.
 */
function shownUnit(lines: readonly string[]): JobShown {
  const valuesOf = (key: string) =>
    lines.filter((line) => line.startsWith(key)).map((line) => line.slice(key.length));
  const [started = ""] = valuesOf("ExecStart=");
  const words = started.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const isBySh = words[2] === BY_SH;
  const [exec, first] = isBySh ? words.slice(3) : words;
  const variables = valuesOf("Environment=").flatMap((word) => {
    const plain = unquote(word);
    const cut = plain.indexOf("=");
    return cut < 1 ? [] : [[plain.slice(0, cut), plain.slice(cut + 1)] as const];
  });
  const [stdout] = valuesOf("StandardOutput=append:");
  return {
    program: wordOf(exec),
    script: pathOr(wordOf(first)),
    env: Object.fromEntries(variables),
    stdout: stdout === undefined ? null : stdout.replaceAll("%%", "%"),
    sessionType: null,
  };
}

const wordOf = (word: string | undefined): string | null =>
  word === undefined ? null : unquote(word).replaceAll("$$", "$");

const unquote = (word: string): string =>
  word.replaceAll(/^"|"$/g, "").replaceAll(/\\(.)/g, "$1").replaceAll("%%", "%");
