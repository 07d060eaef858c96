// `runtimes/<runtime>/launch.env` (storage contract): KEY=VALUE lines of a peer's own environment.
// Nothing is ever interpolated or executed, and an error never shows a value: it may be a secret.

import { err, ok, type Result } from "../core/result.ts";

const LINE = /^[ \t]*(?:export[ \t]+)?([^=]*?)[ \t]*=[ \t]*([^]*)$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const DOUBLE = /^"((?:[^"\\]|\\[^])*)"([^]*)$/;
const SINGLE = /^'([^']*)'([^]*)$/;
const NOTHING_OR_COMMENT = /^[ \t]*(?:#[^]*)?$/;

/** A name that an environment variable may have here. */
export const isEnvName = (name: string): boolean => NAME.test(name);

/**
 * `KEY=value`, `export KEY=value`, `KEY='as it stands'`, `KEY="with \n \" \\ escapes"`, comments
 * behind `#`, blank lines, CRLF. `$` and backticks are ordinary characters. The last line for a
 * name counts. Errors name the line.
 */
export function parseLaunchEnv(text: string): Result<Record<string, string>> {
  if (text.includes("\0")) {
    const line = text.slice(0, text.indexOf("\0")).split("\n").length;
    return err(`line ${line}: a NUL character cannot be in an environment`);
  }
  const pairs: [string, string][] = [];
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const [index, raw] of lines.entries()) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (NOTHING_OR_COMMENT.test(line)) continue;
    const pair = parsePair(line);
    if (!pair.ok) return err(`line ${index + 1}: ${pair.error}`);
    pairs.push(pair.value);
  }
  // `fromEntries` defines properties, so a variable named `__proto__` is only a variable.
  return ok(Object.fromEntries(pairs));
}

function parsePair(line: string): Result<[string, string]> {
  const parts = LINE.exec(line);
  if (parts === null) return err("expected KEY=VALUE");
  const [, name = "", rest = ""] = parts;
  if (!isEnvName(name)) return err("a variable's name is letters, digits and _, no digit first");
  const value = parseValue(rest);
  return value.ok ? ok([name, value.value]) : err(`${name}: ${value.error}`);
}

function parseValue(rest: string): Result<string> {
  const quote = rest[0];
  if (quote !== '"' && quote !== "'") {
    return ok(rest.replace(/(?:^|[ \t])#[^]*$/, "").trimEnd());
  }
  const parts = (quote === '"' ? DOUBLE : SINGLE).exec(rest);
  if (parts === null) return err(`the ${quote} is not closed on its line (write \\n in "…")`);
  const [, inner = "", after = ""] = parts;
  if (!NOTHING_OR_COMMENT.test(after)) return err(`there is text behind the closing ${quote}`);
  return ok(quote === '"' ? inner.replaceAll(/\\([^])/g, unescape) : inner);
}

const ESCAPES = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** A backslash before any other character than these stays what it is. */
function unescape(whole: string, character: string): string {
  return ESCAPES.get(character) ?? ('"\\$`'.includes(character) ? character : whole);
}

/** Lines that parseLaunchEnv reads back exactly, and that a shell would too, but for `\n`. */
export function renderLaunchEnv(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${renderValue(value)}\n`)
    .join("");
}

function renderValue(value: string): string {
  if (/^[A-Za-z0-9_./:@%+,-]*$/.test(value)) return value;
  const escaped = value
    .replaceAll(/["\\$`]/g, String.raw`\$&`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\r", String.raw`\r`);
  return `"${escaped}"`;
}
