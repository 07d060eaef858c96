// Reads the fields of a JSON document and names the first one that is wrong. By hand, because a
// supervisor reads thousands of small records, and loading a schema library costs every command.

import { type WallMs, wallMs } from "../core/brand.ts";
import { err, ok, type Result } from "../core/result.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** `T` with its optional fields spelt out as `undefined`: no field can be forgotten. */
export type Loose<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? T[K] | undefined : T[K];
};

/** The same value with the undefined fields left out. */
export function withoutUndefined<T extends object>(loose: Loose<T>): T {
  const present: Partial<Record<keyof T, unknown>> = {};
  // Plain loops: this runs once a peer in every command, before anything is compiled.
  for (const key in loose) {
    const value = loose[key];
    if (value !== undefined) present[key] = value;
  }
  return present as T;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The document's fields; a byte order mark is tolerated. */
export function parseJsonObject(text: string): Result<JsonObject> {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (body.trim() === "") return err("the file is empty");
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? ok(value) : err(`expected an object, found ${show(value)}`);
  } catch (error) {
    return err(`not JSON: ${error instanceof Error ? error.message : "unreadable"}`);
  }
}

/** How a value is shown in an error: short, on one line. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Where the first problem is kept while a document and the objects in it are read. */
interface Problem {
  first: string | null;
}

/** How one field is checked: `form` completes "expected …". */
export interface Check<T extends string> {
  readonly form: string;
  readonly accepts: (text: string) => text is T;
}

export const pattern = <T extends string>(regExp: RegExp): Check<T> => ({
  form: `text like ${regExp.source}`,
  accepts: (text): text is T => regExp.test(text),
});

/** One of the members of a string union, which the table spells out for the compiler. */
export function oneOf<T extends string>(table: Readonly<Record<T, true>>): Check<T> {
  const members = new Set<string>(Object.keys(table));
  return {
    form: `one of ${[...members].join(", ")}`,
    accepts: (text): text is T => members.has(text),
  };
}

const ANY_TEXT: Check<string> = { form: "text", accepts: (_text): _text is string => true };

/**
 * Every getter answers with something of its type; whether the answers mean anything is known
 * when `done` is asked, which returns the first problem, if any.
 */
export class Fields {
  readonly source: JsonObject;
  readonly #path: string;
  readonly #problem: Problem;

  constructor(source: JsonObject, path = "", problem: Problem = { first: null }) {
    this.source = source;
    this.#path = path;
    this.#problem = problem;
  }

  done<T>(value: T): Result<T> {
    return this.#problem.first === null ? ok(value) : err(this.#problem.first);
  }

  /** Notes a problem with one field; only the first one counts. */
  reject(key: string, reason: string): void {
    this.#problem.first ??= `${this.#path}${key}: ${reason}`;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.source, key);
  }

  /** The check of a record's version: a newer one is refused in words that say so. */
  version(known: 1): 1 {
    const found = this.source["version"];
    if (found !== known) {
      const newer = typeof found === "number" && found > known;
      this.reject(
        "version",
        newer
          ? `${found} is newer than this iapeer knows (${known}); update iapeer`
          : `expected ${known}, found ${show(found)}`,
      );
    }
    return known;
  }

  text<T extends string = string>(key: string, check?: Check<T>): T {
    return this.textAt(key, this.source[key], check);
  }

  textIf<T extends string = string>(key: string, check?: Check<T>): T | undefined {
    return this.source[key] === undefined ? undefined : this.text(key, check);
  }

  boolean(key: string, fallback?: boolean): boolean {
    const value = this.source[key] ?? fallback;
    if (typeof value === "boolean") return value;
    this.reject(key, `expected true or false, found ${show(this.source[key])}`);
    return false;
  }

  /** A finite number that is not negative. */
  number(key: string): number {
    const value = this.source[key];
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
    this.reject(key, `expected a number that is not negative, found ${show(value)}`);
    return 0;
  }

  /** Milliseconds since 1970, before it too: a host's clock may be wrong. */
  wall(key: string): WallMs {
    return this.wallAt(key, this.source[key]);
  }

  wallAt(key: string, value: unknown): WallMs {
    if (typeof value === "number" && Number.isFinite(value)) return wallMs(value);
    this.reject(key, `expected milliseconds since 1970, found ${show(value)}`);
    return wallMs(0);
  }

  numberIf(key: string): number | undefined {
    return this.source[key] === undefined ? undefined : this.number(key);
  }

  /** A whole number, not negative, or at least `least`. */
  whole(key: string, least = 0): number {
    const value = this.source[key];
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
    this.reject(key, `expected a whole number of at least ${least}, found ${show(value)}`);
    return least;
  }

  wholeIf(key: string, least = 0): number | undefined {
    return this.source[key] === undefined ? undefined : this.whole(key, least);
  }

  /** A list whose items are read one by one; `key` in the item's errors names its place. */
  list<T>(key: string, read: (item: unknown, key: string) => T): T[] {
    const value = this.source[key];
    if (Array.isArray(value)) return value.map((item, index) => read(item, `${key}[${index}]`));
    this.reject(key, `expected a list, found ${show(value)}`);
    return [];
  }

  /** An object inside this one; `read` gets an empty one when it is missing or wrong. */
  object<T>(key: string, read: (fields: Fields) => T): T {
    return this.objectAt(key, this.source[key], read);
  }

  objectIf<T>(key: string, read: (fields: Fields) => T): T | undefined {
    return this.source[key] === undefined ? undefined : this.object(key, read);
  }

  textAt<T extends string = string>(key: string, value: unknown, check?: Check<T>): T {
    const { form, accepts } = check ?? ANY_TEXT;
    if (typeof value === "string" && accepts(value)) return value as T;
    this.reject(key, `expected ${form}, found ${show(value)}`);
    return "" as T;
  }

  objectAt<T>(key: string, value: unknown, read: (fields: Fields) => T): T {
    if (!isObject(value)) this.reject(key, `expected an object, found ${show(value)}`);
    const path = `${this.#path}${key}.`;
    return read(new Fields(isObject(value) ? value : {}, path, this.#problem));
  }
}
