// The files of the repository as a clean checkout has them: found by walking the folders and
// leaving out what .gitignore names, so that no git is needed.

import { readFileSync, readdirSync, statSync } from "node:fs";

export interface SourceFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What a check found: where, what is wrong, and what to do instead. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export const render = ({ path, line, message }: Finding): string => `${path}:${line}: ${message}`;

const SKIPPED_FOLDERS = ["node_modules", ".bun", "dist", ".git"];
const SKIPPED_NAMES = [/\.log$/, /^\.DS_Store$/];
const BYTES_MAX = 2 * 1024 * 1024;

/** All text files under `root`, sorted by path. */
export function readTree(root: string, folder = ""): SourceFile[] {
  const found: SourceFile[] = [];
  for (const entry of readdirSync(`${root}/${folder}`, { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!SKIPPED_FOLDERS.includes(entry.name)) found.push(...readTree(root, path));
    } else if (entry.isFile() && !SKIPPED_NAMES.some((name) => name.test(entry.name))) {
      if (statSync(`${root}/${path}`).size > BYTES_MAX) continue;
      found.push({ path, text: readFileSync(`${root}/${path}`, "utf8") });
    }
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

export const isTypeScript = ({ path }: SourceFile): boolean => path.endsWith(".ts");

export const lineAt = (text: string, index: number): number =>
  text.slice(0, index).split("\n").length;
