// Files in memory (ports/files.ts), with the faults of a disk that is full or not ours.

import type { Files, LinkOutcome, WriteOptions, WriteOutcome } from "../../src/ports/files.ts";
import type { FolderChanges } from "../../src/ports/folder-changes.ts";
import { failed, isEverything, OK } from "./file-answers.ts";
import { FileLoss } from "./file-loss.ts";
import { dirOf, join, nameOf, type FileNode, type Node } from "./file-tree.ts";
import { FakeReading } from "./files-reading.ts";
import { FakeFolderChanges } from "./folder-changes.ts";

export class FakeFiles extends FakeReading implements Files {
  readonly loss = new FileLoss();
  /** Every write that needs room fails with ENOSPC while set. */
  full = false;
  /** Told of every changed path, for monitors. */
  onChange: ((path: string) => void) | null = null;
  private readonly changes = new FakeFolderChanges(
    (path) => this.tree.follow(path)?.node.kind === "folder",
  );

  changesIn(dir: string): FolderChanges {
    return this.changes.changesIn(dir);
  }

  writeAtomic(path: string, text: string, options: WriteOptions = {}): WriteOutcome {
    const real = this.creatable(path);
    if (typeof real !== "string") return real;
    const before = this.tree.at(real);
    if (before?.kind === "folder") return failed("EISDIR", path);
    const node = this.newFile(text, options.mode ?? 0o600);
    return this.place({ real, node, before, durable: options.durable === true });
  }

  writeNew(path: string, text: string): LinkOutcome {
    return this.linkNew(path, text, false);
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

  removeEmpty(dir: string): WriteOutcome {
    if (this.isDenied(dir)) return failed("EACCES", dir);
    const real = this.tree.realParent(dir);
    const node = real === null ? null : this.tree.at(real);
    if (real === null || node === null) return OK;
    if (node.kind !== "folder") return failed("ENOTDIR", dir);
    if (node.names.size > 0) return failed("ENOTEMPTY", dir);
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
    for (const at of [source, target]) this.tell(at);
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
    const link = typeof what === "object" ? what.symlinkTo : null;
    if (link !== null) this.tree.put(path, { ...base, kind: "symlink", target: link });
    else this.tree.put(path, { ...base, kind: what === "socket" ? "socket" : "other" });
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
    this.tell(what.real);
    return OK;
  }

  private changed(real: string, node: FileNode) {
    node.mtimeMs = this.options.wall();
    this.tell(real);
    return OK;
  }

  private takeOut(real: string, node: Node): void {
    this.loss.renaming(real, node, this.options.mono());
    this.tree.dropAll(real);
    this.tell(real);
  }

  private tell(path: string): void {
    this.changes.note(path);
    this.onChange?.(path);
  }
}
