// codex's own memory, off and on by `memories` under `[features]` in the folder's configuration
// (memory-provider contract, "Native memory"). Edits are tried, from the least intrusive on, and
// the first one is taken that an independent parser reads as exactly the wanted change.

import type { NativeMemory, SettingEdit } from "../../ports/runtime.ts";
import { asObject, type JsonObject } from "../json-lines.ts";
import { parseToml } from "./toml.ts";

export const codexMemory: NativeMemory = {
  path: (cwd) => `${cwd}/.codex/config.toml`,
  read: (text) => {
    const config = parseToml(text);
    if (config === null) return null;
    const value = asObject(config["features"])?.["memories"];
    if (value === undefined) return "unset";
    return value === true ? "on" : value === false ? "off" : null;
  },
  write: (text, value) => write(text, value === "on"),
};

function write(text: string, to: boolean): SettingEdit {
  const before = parseToml(text);
  if (before === null) return { leave: "it is not TOML" };
  const features = before["features"];
  if (features !== undefined && asObject(features) === null) {
    return { leave: "its features are not a table" };
  }
  const wanted = withMemories(before, to);
  for (const candidate of candidates(text, to)) {
    if (Bun.deepEquals(parseToml(candidate), wanted)) return candidate;
  }
  return { leave: "memories cannot be set in it without changing something else" };
}

const withMemories = (config: JsonObject, to: boolean): JsonObject => ({
  ...config,
  features: { ...asObject(config["features"]), memories: to },
});

function* candidates(text: string, to: boolean): Generator<string> {
  yield* replaced(text, to);
  yield* underHeader(text, to);
  yield* insideInline(text, to);
  yield* besideDotted(text, to);
  const eol = /\r\n/.test(text) ? "\r\n" : "\n";
  const gap = text === "" ? "" : text.endsWith("\n") ? eol : eol + eol;
  yield `${text}${gap}[features]${eol}memories = ${to}${eol}`;
}

/** The value alone, wherever the key stands. */
function* replaced(text: string, to: boolean): Generator<string> {
  for (const match of text.matchAll(/(\bmemories["']?[ \t]*=[ \t]*)(?:true|false)\b/g)) {
    yield spliced(text, match, `${match[1]}${to}`);
  }
}

function* underHeader(text: string, to: boolean): Generator<string> {
  const header = /^([ \t]*)\[[ \t]*["']?features["']?[ \t]*\][^\r\n]*(\r?\n|$)/gm;
  for (const match of text.matchAll(header)) {
    const eol = match[2] ?? "";
    const line = `${match[1]}memories = ${to}`;
    yield spliced(text, match, eol === "" ? `${match[0]}\n${line}\n` : `${match[0]}${line}${eol}`);
  }
}

function* insideInline(text: string, to: boolean): Generator<string> {
  for (const match of text.matchAll(/(\bfeatures["']?[ \t]*=[ \t]*\{)([ \t]*)(\}?)/g)) {
    const [, open = "", , close = ""] = match;
    const rest = close === "" ? ", " : " }";
    yield spliced(text, match, `${open} memories = ${to}${rest}`);
  }
}

/** Before the first of `features.x = …`, which may stand only where dotted keys may. */
function* besideDotted(text: string, to: boolean): Generator<string> {
  for (const match of text.matchAll(/^([ \t]*)["']?features["']?[ \t]*\.[^\r\n]*(\r?\n|$)/gm)) {
    const eol = match[2] === "" ? "\n" : match[2];
    yield spliced(text, match, `${match[1]}features.memories = ${to}${eol}${match[0]}`);
  }
}

const spliced = (text: string, match: RegExpExecArray, by: string): string =>
  text.slice(0, match.index) + by + text.slice(match.index + match[0].length);
