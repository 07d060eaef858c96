// The command line is parsed by the parser that yargs is built on; yargs itself, told the same, is
// the oracle: whatever is typed, both understand the same by it.

import { expect, test } from "bun:test";
import fc from "fast-check";
import yargs from "yargs";
import type { Args } from "../../src/cli/args.ts";
import { PARSER, parseArgs } from "../../src/cli/parse.ts";
import { type OptionSpec, optionsOf, type VerbSpec } from "../../src/cli/spec.ts";
import { VERBS } from "../../src/cli/tree.ts";

interface Understood {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** Null: yargs complains. */
function byYargs(verb: VerbSpec, typed: readonly string[]): Understood | null {
  const complaints: string[] = [];
  const option = ({ takes, short }: OptionSpec) => ({
    ...(takes === undefined
      ? { type: "boolean" as const, nargs: 0 }
      : { type: "string" as const, requiresArg: true }),
    ...(short === undefined ? {} : { alias: short }),
  });
  const options = optionsOf(verb);
  const { _, $0: _program, ...found } = yargs([], "/")
    .help(false)
    .version(false)
    .detectLocale(false)
    .exitProcess(false)
    .parserConfiguration(PARSER)
    .fail((message) => void complaints.push(message))
    .options(Object.fromEntries(options.map((one) => [one.name, option(one)])))
    .parseSync([...typed]);
  const isKnown = (key: string) => options.some(({ name }) => name === key);
  if (complaints.length > 0 || !Object.keys(found).every(isKnown)) return null;
  return { words: _.map(String), values: found };
}

function byUs(verb: VerbSpec, typed: readonly string[]): Args | null {
  try {
    return parseArgs(verb, typed);
  } catch {
    return null;
  }
}

const names = VERBS.filter(({ argv }) => argv === undefined).map(({ name }) => name);
const verbNamed = (name: string): VerbSpec =>
  VERBS.find((verb) => verb.name === name) as VerbSpec;

const typedFor = (verb: VerbSpec) => {
  const flags = optionsOf(verb).flatMap(({ name, short }) => [
    `--${name}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
  const value = fc.constantFrom("true", "false", "1", "-1", "a=b", "-x", "--y", "é", "", "0x10");
  const joined = fc
    .tuple(fc.constantFrom(...flags), value)
    .map(([flag, text]) => `${flag}=${text}`);
  return fc.array(fc.oneof(fc.constantFrom(...flags), value, joined), { maxLength: 7 });
};

test("random lines mean the same to yargs and to us", () => {
  let understood = 0;
  const lines = fc.constantFrom(...names).chain((name) =>
    typedFor(verbNamed(name)).map((typed) => ({ name, typed })),
  );
  fc.assert(
    fc.property(lines, ({ name, typed }) => {
      const verb = verbNamed(name);
      const ours = byUs(verb, typed);
      if (ours === null) return; // The rest of our checks is stricter: positionals, for one.
      const theirs = byYargs(verb, typed);
      expect({ typed, theirs }).not.toEqual({ typed, theirs: null });
      understood += 1;
      const values = theirs?.values ?? {};
      for (const { name: option, takes } of optionsOf(verb)) {
        const given = [values[option]].flat().filter((one) => one !== undefined);
        if (takes === undefined) expect(ours.has(option)).toBe(given.includes(true));
        else expect(ours.list(option)).toEqual(given.map(String));
      }
      const words = theirs?.words ?? [];
      expect(words.map((_, at) => ours.positional(at))).toEqual([...words]);
    }),
    { numRuns: 2000 },
  );
  expect(understood).toBeGreaterThan(200);
});

test.each([
  [["ada", "--message"]],
  [["ada", "--fresh=1"]],
  [["ada", "--topic"]],
])("%j is refused by both", (typed) => {
  const wake = verbNamed("wake");
  expect([byUs(wake, typed), byYargs(wake, typed)]).toEqual([null, null]);
});
