// A walk over all verbs of the tree (CLI contract): help, options, words, --json, exit codes.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { GLOBAL_OPTIONS, optionsOf, type VerbSpec } from "../../src/cli/spec.ts";
import { FOLDER_LAUNCH, VERBS } from "../../src/cli/tree.ts";
import { Scratch } from "./fake-app.ts";

const scratch = new Scratch();

beforeAll(async () => {
  const made = await scratch.type(["create", "echo", "--runtime", "command", "--", "/bin/cat"]);
  expect(made.code).toBe(0);
});
afterAll(() => scratch.remove());

/** As it is typed: the runtime's name stands for the folder launch. */
const typedName = ({ name }: VerbSpec): string[] =>
  name === FOLDER_LAUNCH ? ["claude"] : name.split(" ");

const words = (verb: VerbSpec): string[] => verb.positionals.map(({ name }) => WORDS[name] ?? name);

const WORDS: Readonly<Record<string, string>> = {
  peer: "echo",
  old: "echo",
  new: "parrot",
  runtime: "command",
  folder: "some-folder",
  shell: "bash",
};

describe.each(VERBS.map((verb) => [verb.name, verb] as const))("%s", (_, verb) => {
  test("--help runs nothing and shows an example, the options and the exit codes", async () => {
    const before = scratch.calls.length;
    for (const asked of [[...typedName(verb), "--help"], ["help", ...typedName(verb)]]) {
      const { code, out, err } = await scratch.type(asked);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain(verb.examples[0].line);
      for (const option of optionsOf(verb)) expect(out).toContain(`--${option.name}`);
      expect(out).toMatch(/^ {2}0 {2}\S/m);
      expect(out).toMatch(/^ {2}1 {2}\S/m);
      expect(out).toMatch(/^ {2}2 {2}\S/m);
    }
    expect(scratch.calls.length).toBe(before);
  });

  test("an unknown option: one line, a suggestion, exit 2", async () => {
    const { code, out, err } = await scratch.type([...typedName(verb), ...words(verb), "--qiet"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    const name = typedName(verb).join(" ");
    expect(err).toBe(`iapeer: ${name} has no option --qiet; did you mean --quiet?\n`);
  });

  test("an unknown option with --json: one document too", async () => {
    const typed = [...typedName(verb), ...words(verb), "--qiet", "--json"];
    const { code, out, err } = await scratch.type(typed);
    expect(code).toBe(2);
    const { what, next, ...rest } = JSON.parse(out);
    expect(rest).toEqual({ schema: "iapeer.error.v1", code: "usage" });
    expect(err).toBe(`iapeer: ${what}; ${next}\n`);
  });

  test("a word too many, and a word too few: one line, exit 2", async () => {
    const extra = await scratch.type([...typedName(verb), ...words(verb), "surplus"]);
    expect(extra).toMatchObject({ code: 2, out: "" });
    expect(extra.err.trimEnd()).not.toContain("\n");
    if (!verb.positionals.some(({ optional }) => optional !== true)) return;
    const missing = await scratch.type(typedName(verb));
    expect(missing).toMatchObject({ code: 2, out: "" });
    expect(missing.err).toStartWith(`iapeer: ${verb.name} needs <`);
  });

  test("an option that takes a value says so when there is none", async () => {
    for (const option of optionsOf(verb).filter(({ takes }) => takes !== undefined)) {
      const given = [...typedName(verb), ...words(verb), `--${option.name}`];
      const { code, err } = await scratch.type(given);
      const help = `iapeer ${typedName(verb).join(" ")} --help`;
      expect({ code, err }).toEqual({
        code: 2,
        err: `iapeer: --${option.name} needs a value; see ${help}\n`,
      });
    }
  });

  test("is described completely", () => {
    expect(verb.summary).toMatch(/^[a-z].*[^.]$/);
    expect(verb.exits[0]).not.toBe("");
    expect(verb.exits[1]).not.toBe("");
    for (const { line } of verb.examples) expect(line).toContain("iapeer ");
    const names = optionsOf(verb).flatMap(({ name, short }) => [name, short ?? `${name}!`]);
    expect(new Set(names).size).toBe(names.length);
    expect(optionsOf(verb)).toEqual(expect.arrayContaining([...GLOBAL_OPTIONS]));
  });
});

test.each([["help"], ["--help"], ["-h"]])("iapeer %s names every verb", async (word) => {
  const { code, out, err } = await scratch.type([word]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  for (const { name } of VERBS) expect(out).toContain(`  ${name} `);
});

test("every verb that reads offers --json", () => {
  const without = VERBS.filter(({ effect, json }) => effect === "reads" && json === undefined);
  expect(without.map(({ name }) => name)).toEqual(["completion"]);
});

test("every verb that destroys takes --preview and --yes", () => {
  const destroying = VERBS.filter(({ effect }) => effect === "destroys");
  const names = ["remove", "stop", "daemon uninstall", "uninstall"];
  expect(destroying.map(({ name }) => name)).toEqual(names);
  for (const verb of destroying) {
    expect(optionsOf(verb).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["preview", "yes"]),
    );
  }
});

const V1 = /^iapeer\.[a-z-]+\.v1$/;

const READING = VERBS.filter(({ effect, json }) => effect === "reads" && json !== undefined);

test.each(READING.map((verb) => [verb.name, verb] as const))(
  "%s --json prints JSON and nothing else on stdout",
  async (_, verb) => {
    scratch.host.files.makeFolder(scratch.host.layout.panesDir);
    scratch.host.files.append(`${scratch.host.layout.panesDir}/command-echo.log`, "hello\n");
    const { code, out } = await scratch.type([...typedName(verb), ...words(verb), "--json"]);
    expect(code).toBeLessThan(2);
    const lines = out.split("\n").filter((line) => line !== "");
    if (verb.json?.startsWith("NDJSON") !== true) {
      expect(lines).toHaveLength(1);
      const schema = /iapeer\.[a-z-]+\.v1/.exec(verb.json ?? "")?.[0];
      expect(JSON.parse(out)).toMatchObject({ schema });
    }
    for (const line of lines) {
      // An end record is printed as it is on disk.
      const form = verb.name === "exits" ? { version: 1 } : { schema: expect.stringMatching(V1) };
      expect(JSON.parse(line)).toMatchObject(form);
    }
  },
);
