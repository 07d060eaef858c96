// What a file imports: static, type-only, side-effect, dynamic, and workers by URL.

import { posix } from "node:path";
import { mask } from "./mask.ts";
import { lineAt, type SourceFile } from "./tree.ts";

export interface Import {
  readonly specifier: string;
  readonly line: number;
}

const OPENINGS = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew\s+URL\s*\(\s*|\brequire\s*\(\s*)"/g;

export function importsOf(file: SourceFile): Import[] {
  const { code, uncommented } = mask(file.text);
  const found: Import[] = [];
  for (const match of code.matchAll(OPENINGS)) {
    const start = match.index + match[0].length;
    const specifier = uncommented.slice(start, code.indexOf('"', start));
    found.push({ specifier, line: lineAt(code, match.index) });
  }
  return found;
}

/** Path of a relative import from the repository's root; null for a package. */
export const targetOf = (file: SourceFile, specifier: string): string | null =>
  specifier.startsWith(".") ? posix.join(posix.dirname(file.path), specifier) : null;

/** `zod` of `zod/v4`, `@scope/name` of `@scope/name/x`; built-ins keep their prefix. */
export function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}
