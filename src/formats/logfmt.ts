// Log lines (lifecycle §8): one event is one line, and no value can forge another field.
// A quoted value is a JSON string, so any JSON parser reads it back.

import type { LoggedEvent, LogValue, StampedEvent } from "../core/log-event.ts";
import { assert } from "../core/result.ts";
import { parseInstant, renderInstant } from "./instant.ts";

const KEY = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/** Printable ASCII that needs no thought: nearly every value. */
const PLAIN = /^[!#-&(-<>-[\]-_a-~]+$/;

/** Control and format characters, separators, lone surrogates, and whatever shows as nothing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const QUOTED = new RegExp(`[\\s"'\`=\\\\]|${UNSEEN.source}`, "u");
const ESCAPED = new RegExp(`["\\\\]|${UNSEEN.source}`, "gu");

const SHORT = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** A value as it stands after `key=`. */
export function renderValue(value: LogValue): string {
  const text = String(value);
  if (PLAIN.test(text)) return text;
  if (text !== "" && !QUOTED.test(text)) return text;
  return `"${text.replaceAll(ESCAPED, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  let escaped = "";
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}

/**
 * `ts=… ev=… key=value …` and a newline. A field's key is `[A-Za-z][A-Za-z0-9_.-]*`, and neither
 * `ts` nor `ev`; any other is a bug in the caller, and throws.
 */
export function renderLine(event: StampedEvent): string {
  let line = `ts=${renderInstant(event.wall)} ev=${renderValue(event.ev)}`;
  for (const [key, value] of Object.entries(event.fields)) {
    if (value === undefined) continue;
    assert(KEY.test(key) && key !== "ts" && key !== "ev", `log key ${JSON.stringify(key)}`);
    line += ` ${key}=${renderValue(value)}`;
  }
  return `${line}\n`;
}

const FIELD =
  /([A-Za-z][A-Za-z0-9_.-]{0,63})=(?:"([^"\\\n]*(?:\\.[^"\\\n]*)*)"|([^\s"=\\]*))(?: |$)/y;

/** Null for a torn, foreign or edited line; a repeated key makes a line foreign. */
export function parseLine(line: string): LoggedEvent | null {
  const text = line.endsWith("\n") ? line.slice(0, -1) : line;
  const pairs = new Map<string, string>();
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length) {
    const match = FIELD.exec(text);
    if (match === null) return null;
    const [, key = "", quoted, bare = ""] = match;
    const value = quoted === undefined ? bareValue(bare) : unquote(quoted);
    if (value === null || pairs.has(key)) return null;
    pairs.set(key, value);
  }
  return text.endsWith(" ") ? null : loggedEvent(pairs);
}

function loggedEvent(pairs: Map<string, string>): LoggedEvent | null {
  const [first, second, ...fields] = pairs;
  if (first?.[0] !== "ts" || second?.[0] !== "ev") return null;
  if (parseInstant(first[1]) === null) return null;
  return { ts: first[1], ev: second[1], fields: Object.fromEntries(fields) };
}

const bareValue = (text: string): string | null => (UNSEEN.test(text) ? null : text);

function unquote(text: string): string | null {
  if (UNSEEN.test(text)) return null;
  if (!text.includes("\\")) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    // An escape that this format does not know: the line is not one of ours.
    return null;
  }
}
