// What should not be in the repository: files that nothing uses, and traces of one machine.

import { importsOf, targetOf } from "./imports.ts";
import { isTypeScript, lineAt, type Finding, type SourceFile } from "./tree.ts";

/** Started by name, not imported. */
const ENTRIES = ["src/main.ts", "src/index.ts"];

/** Source files that neither src nor scripts import, however they do. Declarations are not. */
export function checkDead(files: readonly SourceFile[]): Finding[] {
  const users = files.filter((file) => isTypeScript(file) && /^(src|scripts)\//.test(file.path));
  const used = new Set<string>(ENTRIES);
  for (const file of users)
    for (const { specifier } of importsOf(file)) {
      const target = targetOf(file, specifier);
      if (target !== null && target !== file.path) used.add(target);
    }
  return users
    .filter(({ path }) => path.startsWith("src/") && !path.endsWith(".d.ts") && !used.has(path))
    .map(({ path }) => ({
      path,
      line: 1,
      message: "nothing imports it; remove it, or use it",
    }));
}

/** Imports of files that are not there. */
export function checkMissing(files: readonly SourceFile[]): Finding[] {
  const paths = new Set(files.map(({ path }) => path));
  return files.filter(isTypeScript).flatMap((file) =>
    importsOf(file).flatMap(({ specifier, line }) => {
      const target = targetOf(file, specifier);
      if (target === null || paths.has(target) || !/\.[a-z]+$/.test(target)) return [];
      return [{ path: file.path, line, message: `imports ${target}, which is not there` }];
    }),
  );
}

interface Trace {
  readonly pattern: RegExp;
  readonly what: string;
  readonly within: RegExp;
}

/** Spelled so that these very lines do not match. */
const TRACES: readonly Trace[] = [
  {
    pattern: /(?<![\w.)}\]-])\/(?:work|root)\/[\w.-]/g,
    what: "a path of one machine; use a temporary folder, or a path relative to the repository",
    within: /./,
  },
  {
    pattern: /\bhttps?:\/\/[^\s"'`)]*(?:npm|registry|artifactory|verdaccio|nexus)[\w.-]*[:/]/gi,
    what: "a package registry's address; leave it to the user's own settings",
    within: /./,
  },
  {
    pattern: /:\/\//g,
    what: "an address in the lock file; install again with the default registry",
    within: /(?:^|\/)bun\.lock$/,
  },
];

export const checkTraces = (files: readonly SourceFile[]): Finding[] =>
  files.flatMap((file) =>
    TRACES.filter(({ within }) => within.test(file.path)).flatMap(({ pattern, what }) =>
      [...file.text.matchAll(pattern)].map((match) => ({
        path: file.path,
        line: lineAt(file.text, match.index),
        message: `${match[0]} is ${what}`,
      })),
    ),
  );
