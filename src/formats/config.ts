// Flags over environment over `config.json` over defaults, parsed once and frozen.

import { type Config, defaultConfig } from "../core/config.ts";
import { err, ok, type Result } from "../core/result.ts";
import { CONFIG_OPTIONS, type ConfigField, type ConfigOption } from "./config-options.ts";
import { DURATION_FORM, parseDuration, renderDuration } from "./duration.ts";
import { parseJsonObject, show } from "./fields.ts";
import { nearestKey } from "./nearest-key.ts";

export { CONFIG_OPTIONS, type ConfigOption, configValue } from "./config-options.ts";

export interface ConfigInput {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Content of `config.json`; null when there is none. */
  readonly fileText: string | null;
  /** Already parsed and checked by the command line. */
  readonly flags: Partial<Config>;
}

type Value = string | number | boolean;

export interface ConfigReading {
  /** Defaults stand in for what cannot be used. */
  readonly config: Config;
  /** Each names the variable or key, the value and the form. */
  readonly problems: readonly string[];
}

/** All problems at once. */
export function parseConfig(input: ConfigInput): ConfigReading {
  const file = readFile(input.fileText);
  const content = file.ok ? file.value : {};
  const problems = file.ok ? unknownKeys(content) : [file.error];
  const values = new Map<ConfigField, Value>();
  for (const option of CONFIG_OPTIONS) {
    const chosen = choose(option, input.env, content);
    if (chosen === null) continue;
    const parsed = parseValue(option, chosen.text);
    if (parsed.ok) values.set(option.field, parsed.value);
    else problems.push(`${chosen.from}=${show(chosen.text)}: expected ${parsed.error}`);
  }
  return { config: assemble(input, values), problems };
}

function readFile(text: string | null): Result<Readonly<Record<string, unknown>>> {
  if (text === null) return ok({});
  const parsed = parseJsonObject(text);
  return parsed.ok ? parsed : err(`config.json: ${parsed.error}`);
}

function unknownKeys(file: Readonly<Record<string, unknown>>): string[] {
  const known = CONFIG_OPTIONS.map((option) => option.key);
  return Object.keys(file)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const near = nearestKey(key.replace(/^iapeer_/i, ""), known);
      const hint = near === null ? "" : `; did you mean "${near}"?`;
      return `config.json: unknown key ${show(key)}${hint}`;
    });
}

interface Chosen {
  readonly from: string;
  readonly text: unknown;
}

/** An empty variable counts as unset, as it does for most programs. */
function choose(
  option: ConfigOption,
  env: ConfigInput["env"],
  file: Readonly<Record<string, unknown>>,
): Chosen | null {
  const variable = env[option.name];
  if (variable !== undefined && variable !== "") return { from: option.name, text: variable };
  if (!Object.hasOwn(file, option.key)) return null;
  return { from: `config.json: ${option.key}`, text: file[option.key] };
}

/** The error completes "expected …". */
function parseValue(option: ConfigOption, given: unknown): Result<Value> {
  const form = allowedForm(option);
  // A name is text: `true` is a program too, and not the one that is meant.
  const types = option.unit === "program" ? ["string"] : ["string", "number", "boolean"];
  const typed = types.includes(typeof given);
  if (!typed) return err(form);
  const value = parseText(option, String(given).trim());
  if (value === null) return err(form);
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = option;
  const bounded = typeof value !== "number" || (value >= least && value <= most);
  return bounded ? ok(value) : err(form);
}

function parseText(option: ConfigOption, text: string): Value | null {
  switch (option.unit) {
    case "duration": {
      const ms = parseDuration(text);
      return ms.ok ? ms.value : null;
    }
    case "bytes":
      return parseBytes(text);
    case "count":
      return /^\d{1,9}$/.test(text) ? Number(text) : null;
    case "switch":
      return SWITCH.get(text.toLowerCase()) ?? null;
    case "choice":
      return option.choices?.includes(text) === true ? text : null;
    case "program":
      return text === "" || text.includes("\0") ? null : text;
  }
}

const SWITCH = new Map([
  ["1", true],
  ["true", true],
  ["yes", true],
  ["on", true],
  ["0", false],
  ["false", false],
  ["no", false],
  ["off", false],
]);

const BYTES_UNIT = new Map([
  ["", 1],
  ["kib", 1024],
  ["mib", 1024 ** 2],
  ["gib", 1024 ** 3],
]);

function parseBytes(text: string): number | null {
  const parts = /^(\d{1,15}) ?(kib|mib|gib)?$/i.exec(text);
  const unit = BYTES_UNIT.get((parts?.[2] ?? "").toLowerCase());
  if (parts === null || unit === undefined) return null;
  const bytes = Number(parts[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

const atLeast = (ms: number): string => (ms > 0 ? `at least ${renderDuration(ms)}, ` : "");

/** What may stand there, in words. */
export function allowedForm(option: ConfigOption): string {
  const least = option.least ?? 0;
  switch (option.unit) {
    case "duration":
      return `${DURATION_FORM}, ${atLeast(least)}at most a century`;
    case "bytes":
      return "a number of bytes such as 5242880 or 5MiB, at least 1";
    case "count":
      return `a whole number from ${least} to ${option.most ?? "any"}`;
    case "switch":
      return "1, true, yes, on, 0, false, no or off";
    case "choice":
      return `one of ${(option.choices ?? []).join(", ")}`;
    case "program":
      return "the name or path of a program";
  }
}

function assemble(input: ConfigInput, values: ReadonlyMap<ConfigField, Value>): Config {
  const draft = nested(defaultConfig(input.root));
  for (const [field, value] of values) place(draft, field, value);
  for (const [field, value] of Object.entries(input.flags)) {
    if (value !== undefined) draft[field] = value;
  }
  for (const value of Object.values(draft)) Object.freeze(value);
  return Object.freeze(draft) as unknown as Config;
}

type Draft = Record<string, unknown>;

/** A copy whose inner objects are copies too, so that no default is ever changed. */
const nested = (config: Config): Draft =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === "object" ? { ...value } : value,
    ]),
  );

function place(draft: Draft, field: ConfigField, value: Value): void {
  const [outer = "", inner] = field.split(".");
  if (inner === undefined) draft[outer] = value;
  else draft[outer] = { ...(draft[outer] as object), [inner]: value };
}
