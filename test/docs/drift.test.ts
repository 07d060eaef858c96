// The pages say what the code says: rendered pages are current, links lead somewhere, and every
// state, cause, event and action that a person can meet is explained.

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { CONFIGURATION, withOptions } from "../../scripts/render-configuration.ts";
import { PROJECT, anchorsOf, linksOf, pages, readPage } from "./markdown.ts";

test("docs/configuration.md is what its table renders", () => {
  const page = readFileSync(CONFIGURATION, "utf8");
  expect(withOptions(page)).toBe(page);
  expect(withOptions(page.replace("| 1h |", "| 2h |"))).toBe(page);
});

describe("links", () => {
  const decisions = readdirSync(join(PROJECT, "docs/decisions"));
  const every = [...pages(), "CHANGELOG.md", ...decisions.map((name) => `docs/decisions/${name}`)];
  const links = every.flatMap((page) => linksOf(readPage(page)).map((target) => [page, target]));

  test("there are some", () => expect(links.length).toBeGreaterThan(20));

  test.each(links)("%s -> %s", (page = "", target = "") => {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? join(PROJECT, page) : join(PROJECT, dirname(page), path);
    expect(existsSync(file)).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(readFileSync(file, "utf8"))).toContain(anchor);
  });

  test("the README leads to every page", () => {
    const targets = linksOf(readPage("README.md")).map((target) => target.split("#")[0]);
    const unlinked = pages().filter((page) => page.startsWith("docs/") && !targets.includes(page));
    expect(unlinked).toEqual([]);
  });
});

describe("vocabulary", () => {
  const explained = ["docs/lifecycle.md", "docs/logs-and-records.md", "docs/why-did-a-peer-die.md"]
    .map(readPage)
    .join("\n");
  const has = (word: string): boolean => explained.includes(`\`${word}\``);

  test.each(wordsOfStates())("%s %s is explained", (_, word) => {
    expect(has(word) || explained.includes(`=${word}\``)).toBe(true);
  });

  test.each(sourceMatches(/\bev: "([a-z-]+)"/g))("ev=%s is explained", (word) => {
    expect(has(word)).toBe(true);
  });

  test.each(actionWords())("action=%s is explained", (word) => {
    expect(has(word)).toBe(true);
  });

  test("every explained event is one that the source writes", () => {
    const table = readPage("docs/logs-and-records.md").split("## Events of lifecycle.log")[1] ?? "";
    const rows = table.split("\nActions of ")[0]?.split("\n").slice(4) ?? [];
    const named = rows.flatMap((row) => row.split("|")[1]?.match(/(?<=`)[a-z-]+(?=`)/g) ?? []);
    expect(named.length).toBeGreaterThan(10);
    const written = sourceMatches(/\bev: "([a-z-]+)"/g);
    expect(named.filter((word) => !written.includes(word))).toEqual([]);
  });
});

/** Members of the string unions in core/states.ts that a person can meet. */
function wordsOfStates(): string[][] {
  const text = readFileSync(join(PROJECT, "src/core/states.ts"), "utf8");
  const found = [...text.matchAll(/export type (\w+) =([^;]+);/g)].flatMap(([, name = "", body]) =>
    [...(body ?? "").matchAll(/"([a-z-]+)"/g)].map(([, word = ""]) => [name, word]),
  );
  const INTERNAL = ["Liveness", "WakeMode", "WakeTrigger"];
  return found.filter(([name = ""]) => !INTERNAL.includes(name));
}

function sourceMatches(pattern: RegExp): string[] {
  const files = [...new Bun.Glob("src/**/*.ts").scanSync(PROJECT)];
  const words = files.flatMap((file) =>
    [...readFileSync(join(PROJECT, file), "utf8").matchAll(pattern)].map(([, word = ""]) => word),
  );
  return [...new Set(words)].toSorted();
}

function actionWords(): string[] {
  const text = readFileSync(join(PROJECT, "src/daemon/decision-log.ts"), "utf8");
  const body = text.slice(text.indexOf("function actionWord"), text.indexOf("function extras"));
  return [...body.matchAll(/(?:return|\?|:) "([a-z-]+)"/g)].map(([, word = ""]) => word);
}
