// What FakeFiles answers.

import type { StatOutcome } from "../../src/ports/files.ts";
import type { Node } from "./file-tree.ts";

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
