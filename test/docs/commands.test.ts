// Every command in the README and the pages works as written (docs/): each page is followed from
// top to bottom in a scratch home, and what is not run is listed in untested.ts with its reason.

import { afterAll, describe, expect, test } from "bun:test";
import { commandBlocks, pages, readPage, type CommandBlock } from "./markdown.ts";
import { Reader } from "./reader.ts";
import { UNTESTED } from "./untested.ts";

const TIMEOUT_MS = 90_000;
/** Rendered from the verbs themselves, whose examples have a test of their own (test/cli). */
const RENDERED = ["docs/reference.md"];

const all = pages()
  .filter((page) => !RENDERED.includes(page))
  .map((page) => ({ page, blocks: commandBlocks(page, readPage(page)) }));

const firstLine = ({ text }: CommandBlock): string => text.split("\n")[0] ?? "";

for (const { page, blocks } of all) {
  const tested = blocks.filter(({ run }) => run !== null);
  if (tested.length === 0) continue;
  describe(page, () => {
    const reader = new Reader();
    afterAll(() => reader.leave(), TIMEOUT_MS);

    if (!tested.some(({ run }) => run?.background)) {
      test("a daemon is there", async () => {
        expect(await reader.startDaemon()).toEqual({ exit: 0, output: "" });
      }, TIMEOUT_MS);
    }
    for (const block of tested) {
      test(`line ${block.line}: ${firstLine(block)}`, async () => {
        const result = await reader.run(block);
        expect(result, result.output).toMatchObject({ exit: block.run?.exit ?? 0 });
      }, TIMEOUT_MS);
    }
  });
}

describe("commands that are not run", () => {
  const untested = all.flatMap(({ blocks }) => blocks.filter(({ run }) => run === null));
  const name = (of: { page: string; line: string }): string => `${of.page}: ${of.line}`;

  test("have a reason, and every reason is for one of them", () => {
    const found = untested.map((block) => name({ page: block.page, line: firstLine(block) }));
    expect(found.toSorted()).toEqual(UNTESTED.map(name).toSorted());
  });

  test.each(UNTESTED.map(({ why, ...of }) => [name(of), why]))("%s: %s", (_, why) => {
    expect(why.length).toBeGreaterThan(20);
  });
});
