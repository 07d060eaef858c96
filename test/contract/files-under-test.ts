// What the Files suite is given, and how it looks at outcomes.

import type { Files, StatOutcome } from "../../src/ports/files.ts";

export interface FilesUnderTest {
  readonly files: Files;
  /** An existing folder of this test's own. */
  readonly root: string;
  readonly symlink: (target: string, path: string) => void;
}

export const names = (files: Files, dir: string): readonly string[] => {
  const listed = files.list(dir);
  return listed.state === "ok" ? listed.names : [listed.code];
};

export const text = (files: Files, path: string): string => {
  const read = files.read(path);
  return read.state === "ok" ? read.text : read.state;
};

export const mode = (files: Files, path: string): number | string => {
  const stat = files.stat(path);
  return stat.state === "ok" ? stat.mode : stat.state;
};

export const code = (outcome: { state: string; code?: string }): string =>
  outcome.code ?? outcome.state;

/** Both are there, and are one and the same file. */
export const sameInode = (a: StatOutcome, b: StatOutcome): boolean =>
  a.state === "ok" && b.state === "ok" && a.inode === b.inode;
