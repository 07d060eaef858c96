// The reading half of files in memory.

import type {
  ListOutcome,
  ReadOnOutcome,
  ReadOutcome,
  StatOutcome,
} from "../../src/ports/files.ts";
import { failed, headOf, isInFile, isUnder } from "./file-answers.ts";
import { partOf, statOf, tailOf, type FilesOptions } from "./file-answers.ts";
import { FileTree, type FileNode } from "./file-tree.ts";

const READ_MAX_BYTES = 16 * 1024 * 1024;

export class FakeReading {
  readonly tree = new FileTree();
  /** Folders, with what is in them, that may be neither read nor written. */
  readonly denied = new Set<string>();

  constructor(protected readonly options: FilesOptions) {}

  read(path: string, maxBytes = READ_MAX_BYTES): ReadOutcome {
    const node = this.readable(path);
    if ("state" in node) return node;
    const over = node.text.length * 3 > maxBytes && Buffer.byteLength(node.text) > maxBytes;
    if (over) return failed("E2BIG", `${path} is larger than ${maxBytes} bytes`);
    return { state: "ok", text: node.text };
  }

  readOwned(path: string, uid: number, maxBytes = READ_MAX_BYTES): ReadOutcome {
    if (this.tree.at(path)?.kind === "symlink") return failed("ELOOP", path);
    const read = this.read(path, maxBytes);
    const isOther = read.state === "ok" && uid !== this.options.uid;
    return isOther ? failed("EREFUSED", path) : read;
  }

  readHead(path: string, bytes: number): ReadOutcome {
    return this.textOf(path, (text) => ({ state: "ok", text: headOf(text, bytes) }));
  }

  readTail(path: string, bytes: number): ReadOutcome {
    return this.textOf(path, (text) => ({ state: "ok", text: tailOf(text, bytes) }));
  }

  readOn(path: string, position: number, bytes: number): ReadOnOutcome {
    return this.textOf(path, (text) => partOf(text, position, bytes));
  }

  stat(path: string): StatOutcome {
    if (this.isDenied(path)) return failed("EACCES", path);
    const node = this.tree.at(path);
    if (node === null) return { state: "missing" };
    return statOf(node, this.options.uid);
  }

  statTarget(path: string): StatOutcome {
    if (this.isDenied(path)) return failed("EACCES", path);
    const found = this.tree.follow(path);
    return found === null ? { state: "missing" } : statOf(found.node, this.options.uid);
  }

  list(dir: string): ListOutcome {
    if (this.isDenied(dir)) return failed("EACCES", dir);
    const found = this.tree.follow(dir);
    if (found === null) {
      return isInFile(this.tree, dir) ? failed("ENOTDIR", dir) : { state: "ok", names: [] };
    }
    if (found.node.kind !== "folder") return failed("ENOTDIR", dir);
    return { state: "ok", names: [...found.node.names].sort() };
  }

  realParent(path: string): string {
    return this.tree.realParent(path) ?? path;
  }

  private textOf<T>(path: string, answer: (text: string) => T) {
    const node = this.readable(path);
    return "state" in node ? node : answer(node.text);
  }

  protected readable(path: string): FileNode | Exclude<ReadOutcome, { state: "ok" }> {
    if (this.isDenied(path)) return failed("EACCES", path);
    const found = this.tree.follow(path);
    if (found === null) return { state: "missing" };
    if (found.node.kind === "folder") return failed("EISDIR", path);
    if (found.node.kind !== "file") return failed("ENOTREG", path);
    return found.node;
  }

  protected isDenied(path: string): boolean {
    return this.denied.size > 0 && isUnder(path, this.denied);
  }
}
