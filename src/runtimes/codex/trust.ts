// Trust in a peer's folder, in codex's own configuration. A table is appended or taken away
// again; every other byte stays, and nothing is written that an independent parser would not
// read as exactly that change.

import type { Files, WriteOutcome } from "../../ports/files.ts";
import type { CodexPlaces } from "./places.ts";
import { asObject, type JsonObject } from "../json-lines.ts";
import { parseToml } from "./toml.ts";

type Told = { readonly warnings: readonly string[] };

const NOTHING: Told = { warnings: [] };

export function trustFolder(files: Files, path: string, cwd: string): Told {
  return change(files, path, (text) => withTrust(text, cwd));
}

export function forgetFolder(
  files: Files,
  { config, home, isGiven }: Pick<CodexPlaces, "config" | "home" | "isGiven">,
  cwd: string,
): Told {
  if (files.stat(config).state === "missing") return NOTHING;
  const told = change(files, config, (text) => withoutTrust(text, cwd));
  // Without a configuration it may be as it was made for it, with nothing in it.
  if (!isGiven && files.stat(config).state === "missing") files.removeEmpty(home);
  return told;
}

/** The text itself when nothing is to be done; a reason when it must be left alone. */
export type Edit = string | { readonly leave: string };

/** `config` with this folder trusted; a level that a person chose is left as it is. */
export function withTrust(config: string, cwd: string): Edit {
  const before = parseToml(config);
  if (before === null) return { leave: "it is not TOML" };
  const project = asObject(asObject(before["projects"])?.[cwd]);
  if (project?.["trust_level"] !== undefined) return config;
  // One line end whatever is before it: taken away again, it leaves the text as it was.
  const after = `${config}${config === "" ? "" : "\n"}${MARK}${tableFor(cwd)}`;
  if (trustIn(parseToml(after), cwd) !== "trusted" || !sameBut(before, parseToml(after), cwd)) {
    return { leave: "a table for this folder cannot be added to it" };
  }
  return after;
}

/** `config` without the table that `withTrust` appends; one that holds more is left alone. */
export function withoutTrust(config: string, cwd: string): Edit {
  const before = parseToml(config);
  if (before === null) return { leave: "it is not TOML" };
  if (trustIn(before, cwd) !== "trusted") return config;
  const table = `${MARK}${tableFor(cwd)}`;
  const at = config.indexOf(table);
  // Trusted by a person, or by codex when it asked one: not ours to take back.
  if (at === -1 || (at > 0 && config[at - 1] !== "\n")) return config;
  const rest = config.slice(at + table.length);
  // What was appended to ours begins with a line end; with nothing before it, that goes as well.
  const after = at > 0 ? config.slice(0, at - 1) + rest : rest.replace(/^\n/, "");
  if (trustIn(parseToml(after), cwd) !== undefined || !sameBut(before, parseToml(after), cwd)) {
    return { leave: "its table for this folder holds more than trust" };
  }
  return after;
}

function change(files: Files, path: string, edit: (text: string) => Edit): Told {
  const stat = files.stat(path);
  if (stat.state === "ok" && stat.kind !== "file") return left(path, "it is not a plain file");
  const read = files.read(path);
  if (read.state === "failed") return left(path, read.detail);
  const text = read.state === "ok" ? read.text : "";
  // Bytes that are no UTF-8 have been read as this mark, and would be written back as it.
  if (text.includes("\ufffd")) return left(path, "it is not UTF-8");
  const edited = edit(text);
  if (typeof edited !== "string") return left(path, edited.leave);
  if (edited === text) return NOTHING;
  // An empty one says nothing, and codex makes its own.
  if (edited === "") return done(path, files.remove(path));
  const mode = stat.state === "ok" ? stat.mode : 0o600;
  if (stat.state === "missing") {
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (files.stat(folder).state === "missing") files.makeFolder(folder, 0o700);
  }
  return done(path, files.writeAtomic(path, edited, { mode }));
}

const done = (path: string, outcome: WriteOutcome): Told =>
  outcome.state === "ok" ? NOTHING : left(path, outcome.detail);

const left = (path: string, why: string): Told => ({
  warnings: [`the folder's trust in ${path} is left as it is: ${why}`],
});

/** Tells a table of ours from one that codex writes itself in the same form. */
const MARK = "# Trusted by iapeer, until the peer is removed.\n";

const tableFor = (cwd: string): string => `[projects.${quote(cwd)}]\ntrust_level = "trusted"\n`;

/** A basic string of TOML: control characters, quotes and backslashes escaped. */
function quote(text: string): string {
  // JSON leaves DEL as it is, which TOML forbids.
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

function trustIn(config: JsonObject | null, cwd: string): unknown {
  return asObject(asObject(config?.["projects"])?.[cwd])?.["trust_level"];
}

/** Equal once this folder's table is left out of both. */
function sameBut(a: JsonObject | null, b: JsonObject | null, cwd: string): boolean {
  return a !== null && b !== null && Bun.deepEquals(without(a, cwd), without(b, cwd));
}

function without(config: JsonObject, cwd: string): JsonObject {
  const { projects, ...rest } = config;
  const { [cwd]: _, ...others } = asObject(projects) ?? {};
  return { ...rest, projects: others };
}
