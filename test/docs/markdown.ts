// The pages that users read, and the commands in them. A block of `sh` is run when a comment
// stands before it: `<!-- test -->`, `<!-- test exit=1 -->` when it must fail, or
// `<!-- test background -->` for a program that goes on running.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const PROJECT = Bun.fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

export interface CommandBlock {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  /** Null: not run. */
  readonly run: { readonly exit: number; readonly background: boolean } | null;
}

const FENCE = /^(?:<!-- (.*?) -->\n)?```([a-z]*)\n([\s\S]*?)^```$/gm;

/** Pages for users, relative to the project; decisions are for its authors. */
export function pages(): string[] {
  const docs = readdirSync(join(PROJECT, "docs")).filter((name) => name.endsWith(".md"));
  const others = ["README.md", "CONTRIBUTING.md", "launchd/README.md"];
  return [...others, ...docs.map((name) => `docs/${name}`)].filter((page) =>
    existsSync(join(PROJECT, page)),
  );
}

export const readPage = (page: string): string => readFileSync(join(PROJECT, page), "utf8");

export function commandBlocks(page: string, text: string): CommandBlock[] {
  return [...text.matchAll(FENCE)]
    .filter(([, , language]) => language === "sh")
    .map(({ 1: mark = "", 3: body = "", index }) => ({
      page,
      line: text.slice(0, index).split("\n").length,
      text: body.trimEnd(),
      run: readMark(mark),
    }));
}

function readMark(mark: string): CommandBlock["run"] {
  const words = mark.split(" ");
  if (words[0] !== "test") return null;
  const exit = words.find((word) => word.startsWith("exit="))?.slice(5) ?? "0";
  const unknown = words.slice(1).find((word) => word !== "background" && !/^exit=\d$/.test(word));
  if (unknown !== undefined) throw new Error(`<!-- ${mark} -->: what is "${unknown}"?`);
  return { exit: Number(exit), background: words.includes("background") };
}

/** Local targets of links, without anchors. */
export function linksOf(text: string): string[] {
  const prose = text.replaceAll(FENCE, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Headings as anchors, the way the usual renderers derive them. */
export function anchorsOf(text: string): string[] {
  const prose = text.replaceAll(FENCE, "");
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
