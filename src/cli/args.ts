// What was typed, after parsing, with one typed question for each kind of option.

import { IapeerError } from "../core/error.ts";
import { parseDuration } from "../formats/duration.ts";
import { nearest } from "../rules/names.ts";

export interface RawArgs {
  readonly positionals: readonly string[];
  readonly options: ReadonlyMap<string, readonly string[] | true>;
  /** What followed `--`. */
  readonly argv: readonly string[];
}

export class Args {
  readonly argv: readonly string[];
  readonly #raw: RawArgs;

  constructor(raw: RawArgs) {
    this.#raw = raw;
    this.argv = raw.argv;
  }

  /** A switch was given. */
  has(name: string): boolean {
    return this.#raw.options.has(name);
  }

  text(name: string): string | undefined {
    const found = this.#raw.options.get(name);
    return found === undefined || found === true ? undefined : found.at(-1);
  }

  list(name: string): readonly string[] {
    const found = this.#raw.options.get(name);
    return found === undefined || found === true ? [] : found;
  }

  /** One of the known words; a usage error that suggests one otherwise. */
  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined {
    const text = this.text(name);
    const found = known.find((word) => word === text);
    if (text === undefined || found !== undefined) return found;
    const near = nearest(text, known);
    const next = near === null ? `one of ${known.join(", ")}` : `did you mean ${near}?`;
    throw usage(`--${name} cannot be ${JSON.stringify(text)}`, next);
  }

  /** Milliseconds; takes `90`, `90s`, `5m`, `2h`. */
  durationMs(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const parsed = parseDuration(text);
    if (parsed.ok) return parsed.value;
    throw usage(`--${name}: ${parsed.error}`, `for instance --${name} 5m`);
  }

  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^[0-9]{1,9}$/.test(text)) return Number(text);
    throw usage(
      `--${name} takes a whole number, not ${JSON.stringify(text)}`,
      `for instance --${name} 4`,
    );
  }

  positional(index: number): string | undefined {
    return this.#raw.positionals[index];
  }

  /** A positional that the tree declares as required: the parser has made sure of it. */
  required(index: number): string {
    const found = this.positional(index);
    if (found === undefined) throw usage("a word is missing", "see iapeer --help");
    return found;
  }
}

/** Wrong usage: one line, exit 2. */
export const usage = (what: string, next: string): IapeerError =>
  new IapeerError({ code: "usage", what, next, exit: 2 });
