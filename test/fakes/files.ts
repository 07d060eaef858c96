// Files in memory (ports/files.ts), with the faults of a disk that is full or not ours.

import type {
  Files,
  LinkOutcome,
  ListOutcome,
  ReadOutcome,
  StatOutcome,
  WriteOptions,
  WriteOutcome,
} from "../../src/ports/files.ts";
import { failed, headOf, isEverything, isInFile, isUnder } from "./file-answers.ts";
import { OK, statOf, tailOf, type FilesOptions } from "./file-answers.ts";
import { FileLoss } from "./file-loss.ts";
import { dirOf, FileTree, join, nameOf, type FileNode, type Node } from "./file-tree.ts";

const READ_MAX_BYTES = 16 * 1024 * 1024;

export class FakeFiles implements Files {
  readonly tree = new FileTree();
  readonly loss = new FileLoss();
  /** Every write that needs room fails with ENOSPC while set. */
  full = false;
  /** Told of every changed path, for monitors. */
  onChange: ((path: string) => void) | null = null;
  /** Folders, with what is in them, that may be neither read nor written. */
  readonly denied = new Set<string>();

  constructor(private readonly options: FilesOptions) {}

  read(path: string, maxBytes = READ_MAX_BYTES): ReadOutcome {
    const node = this.readable(path);
    if ("state" in node) return node;
    const over = node.text.length * 3 > maxBytes && Buffer.byteLength(node.text) > maxBytes;
    if (over) return failed("E2BIG", `${path} is larger than ${maxBytes} bytes`);
    return { state: "ok", text: node.text };
  }

  readHead(path: string, bytes: number): ReadOutcome {
    const node = this.readable(path);
    return "state" in node ? node : { state: "ok", text: headOf(node.text, bytes) };
  }

  readTail(path: string, bytes: number): ReadOutcome {
    const node = this.readable(path);
    return "state" in node ? node : { state: "ok", text: tailOf(node.text, bytes) };
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

  writeAtomic(path: string, text: string, options: WriteOptions = {}): WriteOutcome {
    const real = this.creatable(path);
    if (typeof real !== "string") return real;
    const before = this.tree.at(real);
    if (before?.kind === "folder") return failed("EISDIR", path);
    const node = this.newFile(text, options.mode ?? 0o600);
    return this.place({ real, node, before, durable: options.durable === true });
  }

  /** The daemon's are synced; a witness in sh has no way to. */
  linkNew(path: string, text: string, durable = true): LinkOutcome {
    const real = this.creatable(path);
    if (typeof real !== "string") return real;
    if (this.tree.at(real) !== null) return { state: "exists" };
    return this.place({ real, node: this.newFile(text, 0o600), before: null, durable });
  }

  append(path: string, text: string): WriteOutcome {
    const real = this.creatable(path);
    if (typeof real !== "string") return real;
    const before = this.tree.at(real);
    if (before?.kind === "symlink") return failed("ELOOP", path);
    if (before === null) {
      return this.place({ real, node: this.newFile(text, 0o600), before, durable: false });
    }
    if (before.kind === "folder") return failed("EISDIR", path);
    if (before.kind !== "file") return failed("ENOTREG", path);
    this.loss.changing(real, before, this.options.mono());
    before.text += text;
    return this.changed(real, before);
  }

  realParent(path: string): string {
    return this.tree.realParent(path) ?? path;
  }

  makeFolder(path: string, mode = 0o700, durable = false): WriteOutcome {
    if (this.isDenied(path)) return failed("EACCES", path);
    const found = this.tree.follow(path);
    if (found !== null) {
      if (found.node.kind !== "folder") return failed("EEXIST", path);
      found.node.mode = mode;
      return OK;
    }
    if (this.full) return failed("ENOSPC", path);
    const above = this.makeAbove(path, mode);
    if (above.state !== "ok") return above;
    const real = this.tree.realParent(path) ?? path;
    // A dangling symlink is in the way.
    if (this.tree.at(real) !== null) return failed("EEXIST", path);
    const node = this.tree.folder(mode, this.options.wall());
    return this.place({ real, node, before: null, durable });
  }

  syncFolder(dir: string): WriteOutcome {
    const found = this.tree.follow(dir);
    if (found !== null) this.loss.folderSynced(found.path);
    return found === null ? failed("ENOENT", dir) : OK;
  }

  remove(path: string): WriteOutcome {
    if (this.isDenied(path)) return failed("EACCES", path);
    const real = this.tree.realParent(path);
    const node = real === null ? null : this.tree.at(real);
    if (real === null || node === null) return OK;
    if (node.kind === "folder") return failed("EISDIR", path);
    this.takeOut(real, node);
    return OK;
  }

  removeTree(path: string): WriteOutcome {
    if (isEverything(path)) return failed("EINVAL", "refused to remove everything");
    if (this.isDenied(path)) return failed("EACCES", path);
    const real = this.tree.realParent(path);
    const node = real === null ? null : this.tree.at(real);
    if (real === null || node === null) return OK;
    if (node.kind === "folder") {
      for (const name of node.names) this.removeTree(join(real, name));
    }
    this.takeOut(real, node);
    return OK;
  }

  rename(from: string, to: string): WriteOutcome {
    const source = this.tree.realParent(from);
    const node = source === null ? null : this.tree.at(source);
    if (source === null || node === null) return failed("ENOENT", from);
    const target = this.creatable(to);
    if (typeof target !== "string") return target;
    const there = this.tree.at(target);
    if (there?.kind === "folder" && node.kind !== "folder") return failed("EISDIR", to);
    const mono = this.options.mono();
    this.loss.renaming(source, node, mono);
    this.loss.renaming(target, there, mono);
    if (there !== null) this.tree.dropAll(target);
    this.tree.move(source, target);
    for (const at of [source, target]) this.onChange?.(at);
    return OK;
  }

  copyTruncate(path: string, copyTo: string, keepBytes?: number): WriteOutcome {
    const real = this.tree.realParent(path);
    const node = real === null ? null : this.tree.at(real);
    if (real === null || node === null) return failed("ENOENT", path);
    if (node.kind === "symlink") return failed("ELOOP", path);
    if (node.kind !== "file") return failed("ENOTREG", path);
    const bytes = Buffer.from(node.text);
    const begin = Math.max(0, bytes.length - (keepBytes ?? bytes.length));
    const copied = this.writeAtomic(copyTo, bytes.subarray(begin).toString());
    if (copied.state !== "ok") return copied;
    this.loss.changing(real, node, this.options.mono());
    node.text = "";
    return this.changed(real, node);
  }

  /** For test worlds: a symlink, socket or fifo at this path. */
  special(path: string, what: { symlinkTo: string } | "socket" | "fifo"): void {
    this.makeAbove(path, 0o700);
    const base = { inode: this.tree.inode(), mtimeMs: this.options.wall(), mode: 0o600 };
    if (typeof what === "object") {
      this.tree.put(path, { ...base, kind: "symlink", target: what.symlinkTo });
    } else this.tree.put(path, { ...base, kind: what === "socket" ? "socket" : "other" });
  }

  private readable(path: string): FileNode | Exclude<ReadOutcome, { state: "ok" }> {
    if (this.isDenied(path)) return failed("EACCES", path);
    const found = this.tree.follow(path);
    if (found === null) return { state: "missing" };
    if (found.node.kind === "folder") return failed("EISDIR", path);
    if (found.node.kind !== "file") return failed("ENOTREG", path);
    return found.node;
  }

  private creatable(path: string): string | Exclude<WriteOutcome, { state: "ok" }> {
    if (this.isDenied(path)) return failed("EACCES", path);
    const above = this.tree.follow(dirOf(path));
    if (above === null) return failed("ENOENT", path);
    if (above.node.kind !== "folder") return failed("ENOTDIR", path);
    if (this.full) return failed("ENOSPC", `no space left on device: ${path}`);
    return join(above.path, nameOf(path));
  }

  private makeAbove(path: string, mode: number): WriteOutcome {
    const above = dirOf(path);
    const found = this.tree.follow(above);
    if (found === null) return this.makeFolder(above, mode);
    return found.node.kind === "folder" ? OK : failed("ENOTDIR", path);
  }

  private newFile(text: string, mode: number): FileNode {
    const inode = this.tree.inode();
    return { kind: "file", inode, text, mtimeMs: this.options.wall(), mode, links: 1 };
  }

  private place(what: { real: string; node: Node; before: Node | null; durable: boolean }) {
    if (what.durable) this.loss.synced(what.real);
    else this.loss.changing(what.real, what.before, this.options.mono());
    this.tree.put(what.real, what.node);
    this.onChange?.(what.real);
    return OK;
  }

  private changed(real: string, node: FileNode) {
    node.mtimeMs = this.options.wall();
    this.onChange?.(real);
    return OK;
  }

  private takeOut(real: string, node: Node): void {
    this.loss.renaming(real, node, this.options.mono());
    this.tree.dropAll(real);
    this.onChange?.(real);
  }

  private isDenied(path: string): boolean {
    return this.denied.size > 0 && isUnder(path, this.denied);
  }
}

