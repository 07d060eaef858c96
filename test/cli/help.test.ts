// Help about a family of verbs: a line each, and how to get a whole page of one (CLI contract).

import { afterAll, expect, test } from "bun:test";
import { VERBS } from "../../src/cli/tree.ts";
import { Scratch } from "./fake-app.ts";

const scratch = new Scratch();
afterAll(() => scratch.remove());

const PAIRS = VERBS.filter(({ name }) => name.includes(" "));
const FAMILIES = [...new Set(PAIRS.map(({ name }) => name.slice(0, name.indexOf(" "))))];

test("there are families", () => expect(FAMILIES).toContain("daemon"));

test.each(FAMILIES)("%s --help lists its verbs, and says how to get more", async (family) => {
  const asked = await scratch.type([family, "--help"]);
  expect(asked).toMatchObject({ code: 0, err: "" });
  expect(asked.out).toStartWith(`Usage: iapeer ${family} <verb> [options]\n`);
  expect(asked.out).toContain(`\nMore:    iapeer ${family} <verb> --help\n`);
  for (const { name, summary } of VERBS) {
    const line = asked.out.split("\n").find((one) => one.startsWith(`  ${name} `));
    expect(line?.endsWith(`  ${summary}`) ?? false).toBe(name.startsWith(`${family} `));
  }
  expect(asked.out).not.toContain("Exit codes");
  expect(await scratch.type(["help", family])).toEqual(asked);
});

test("one verb of a family has its own page", async () => {
  const { out } = await scratch.type(["help", "daemon", "run"]);
  expect(out).toContain("\nUsage: iapeer daemon run [options]\n");
  expect(out).toContain("\nExit codes\n");
  expect(await scratch.type(["daemon", "run", "--help"])).toMatchObject({ code: 0, out });
});
