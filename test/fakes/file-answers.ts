// What FakeFiles answers.

import { resolve } from "node:path";
import type { ReadOnOutcome, StatOutcome } from "../../src/ports/files.ts";
import { dirOf, type FileTree, type Node } from "./file-tree.ts";

export interface FilesOptions {
  /** Wall clock for mtimes. */
  readonly wall: () => number;
  readonly mono: () => number;
  readonly uid: number;
}

export const OK = { state: "ok" } as const;

export const failed = (code: string, detail: string) =>
  ({ state: "failed", code, detail }) as const;

export const statOf = (node: Node, uid: number): StatOutcome => ({
  state: "ok",
  kind: node.kind,
  size: node.kind === "file" ? Buffer.byteLength(node.text) : 0,
  mtimeMs: node.mtimeMs,
  mode: node.mode,
  uid,
  inode: node.inode,
});

export const isEverything = (path: string): boolean => path === "" || resolve(path) === "/";

/** One of the folders, or in one of them. */
export function isUnder(path: string, folders: ReadonlySet<string>): boolean {
  for (let at = path; at !== "/"; at = dirOf(at)) if (folders.has(at)) return true;
  return false;
}

/** A file where a folder is needed on the way. */
export function isInFile(tree: FileTree, path: string): boolean {
  const above = tree.follow(dirOf(path));
  return above !== null && above.node.kind !== "folder";
}

export const headOf = (text: string, bytes: number): string =>
  Buffer.from(text).subarray(0, Math.max(0, bytes)).toString();

/** The last bytes; continuation bytes of a character that was cut (10xxxxxx) are left out. */
export function tailOf(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  let start = Math.max(0, whole.length - bytes);
  while (start > 0 && ((whole[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return whole.subarray(start).toString();
}

/** A text of whole characters has a broken one nowhere but at the end of a part. */
export function partOf(whole: string, position: number, bytes: number): ReadOnOutcome {
  const part = Buffer.from(whole).subarray(position, position + bytes);
  const text = part.toString("utf8").replace(/\ufffd+$/, "");
  return { state: "ok", text, next: position + Buffer.byteLength(text) };
}
