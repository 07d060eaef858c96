// `memory-provider.json` (memory-provider contract, "The slot"): v1, v1.1 and v1.2 in one reader.
// Written by others, so it fails open: what cannot be used counts as absent, with a reason.

import type {
  IgnoredPart,
  ProviderDeclaration,
  ProviderPlugin,
  ProvisionCommand,
} from "../core/provider.ts";
import { isObject, parseJsonObject, show, withoutUndefined } from "./fields.ts";
import { scanJson } from "./json-scan.ts";

/** A declaration is a few hundred bytes; a larger file is something else. */
export const DECLARATION_BYTES_MAX = 64 * 1024;
const DEPTH_MAX = 16;
/** More are not listed one by one. */
const REPEATED_SHOWN = 8;

export type DeclarationReading =
  | { readonly state: "ignored"; readonly reason: string }
  | {
      readonly state: "declared";
      readonly declaration: ProviderDeclaration;
      readonly ignored: readonly IgnoredPart[];
    };

type Source = Readonly<Record<string, unknown>>;

/** Never throws. Unknown fields are passed over in silence: a later version may know them. */
export function parseProviderDeclaration(text: string): DeclarationReading {
  const { depth, repeated } = scanJson(text);
  if (depth > DEPTH_MAX) return ignore(`it nests deeper than ${DEPTH_MAX} levels`);
  const parsed = parseJsonObject(text);
  if (!parsed.ok) return ignore(parsed.error);
  const parts = new Parts(parsed.value);
  const [provider, name, version] = REQUIRED.map((key) => parts.word(key));
  if (provider === undefined || name === undefined || version === undefined) {
    return ignore(parts.ignored.map(({ part, reason }) => `${part}: ${reason}`).join("; "));
  }
  const declaration = withoutUndefined<ProviderDeclaration>({
    provider,
    package: name,
    version,
    registeredAt: parts.when("registeredAt"),
    heartbeat: parts.path("heartbeat"),
    plugin: parts.block("plugin", readPlugin),
    provision: parts.block("provision", readCommand),
    unprovision: parts.block("unprovision", readCommand),
  });
  return { state: "declared", declaration, ignored: [...parts.ignored, ...twice(repeated)] };
}

const REQUIRED = ["provider", "package", "version"] as const;

const ignore = (reason: string): DeclarationReading => ({ state: "ignored", reason });

const twice = (repeated: readonly string[]): readonly IgnoredPart[] =>
  repeated.slice(0, REPEATED_SHOWN).map((part) => ({
    part: part.slice(0, 100),
    reason: "the key is there more than once; the last one counts",
  }));

/** A value that can be used, or what was expected instead. */
type Read<T> = { readonly value: T } | { readonly reason: string };

class Parts {
  readonly ignored: IgnoredPart[] = [];
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Required: its absence is worth a word too. */
  word(key: string): string | undefined {
    return this.#read(key, readWord, true);
  }

  when(key: string): string | undefined {
    return this.#read(key, readDate, false);
  }

  path(key: string): string | undefined {
    return this.#read(key, readPath, false);
  }

  block<T>(key: string, read: (source: Source) => Read<T>): T | undefined {
    const readBlock = (value: unknown): Read<T> =>
      isObject(value) ? read(value) : { reason: `expected an object, found ${show(value)}` };
    return this.#read(key, readBlock, false);
  }

  #read<T>(key: string, read: (value: unknown) => Read<T>, required: boolean): T | undefined {
    const value = own(this.#source, key);
    if (value === undefined && !required) return undefined;
    const found = read(value);
    if ("value" in found) return found.value;
    this.ignored.push({ part: key, reason: found.reason });
    return undefined;
  }
}

/** A document may have a field `__proto__`; it is one field more, and never asked. */
const own = (source: Source, key: string): unknown =>
  Object.hasOwn(source, key) ? source[key] : undefined;

function readWord(value: unknown): Read<string> {
  if (typeof value !== "string" || value.trim() === "") {
    return { reason: `expected text that is not empty, found ${show(value)}` };
  }
  return value.includes("\0") ? { reason: "it holds a NUL character" } : { value };
}

function readDate(value: unknown): Read<string> {
  const isDate = typeof value === "string" && ISO_DATE.test(value) && !isNaN(Date.parse(value));
  return isDate ? { value } : { reason: `expected an ISO date, found ${show(value)}` };
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?$/;

function readPath(value: unknown): Read<string> {
  const word = readWord(value);
  if ("reason" in word) return word;
  return word.value.startsWith("/")
    ? word
    : { reason: `expected an absolute path, found ${show(value)}` };
}

function readPlugin(source: Source): Read<ProviderPlugin> {
  const words = PLUGIN.map((key) => [key, readWord(own(source, key))] as const);
  for (const [key, word] of words) {
    if ("reason" in word) return { reason: `${key}: ${word.reason}` };
  }
  const [name = "", marketplace = "", marketplaceRef = ""] = words.map(([, word]) =>
    "value" in word ? word.value : "",
  );
  return { value: { name, marketplace, marketplaceRef } };
}

const PLUGIN = ["name", "marketplace", "marketplaceRef"] as const;

function readCommand(source: Source): Read<ProvisionCommand> {
  const command = readPath(own(source, "command"));
  if ("reason" in command) return { reason: `command: ${command.reason}` };
  const args = own(source, "args");
  if (!Array.isArray(args)) return { reason: `args: expected a list, found ${show(args)}` };
  const wrong = args.findIndex((arg) => typeof arg !== "string" || arg.includes("\0"));
  if (wrong !== -1) {
    const found = typeof args[wrong] === "string" ? "a NUL character" : show(args[wrong]);
    return { reason: `args[${wrong}]: expected text, found ${found}` };
  }
  return { value: { command: command.value, args } };
}
