// What a host crash may take back: writes that nobody synced. Each path keeps the value that it
// had when it was last on the disk for sure.

import { dirOf, type FileTree, type Node } from "./file-tree.ts";
import type { Random } from "./random.ts";

interface Unsynced {
  /** Null: nothing was there. */
  readonly before: Node | null;
  readonly sinceMono: number;
  /** Only its name changed, in its folder: syncing that folder settles it. */
  named: boolean;
}

/** A kernel writes dirty pages back by itself after a while. */
const WRITEBACK_MS = 5000;

export class FileLoss {
  private readonly unsynced = new Map<string, Unsynced>();

  /** Call before every change of `path` that is not synced. */
  changing(path: string, before: Node | null, mono: number): void {
    const known = this.unsynced.get(path);
    if (known !== undefined && mono - known.sinceMono < WRITEBACK_MS) return;
    const kept = before === null ? null : copy(before);
    this.unsynced.set(path, { before: kept, sinceMono: mono, named: false });
  }

  /** The same for a change of the name alone: a rename or a removal. */
  renaming(path: string, before: Node | null, mono: number): void {
    this.changing(path, before, mono);
    const change = this.unsynced.get(path);
    if (change !== undefined) change.named = true;
  }

  /** The names in this folder are on the disk: what was renamed or removed stays so. */
  folderSynced(dir: string): void {
    for (const [path, { named }] of this.unsynced) {
      if (named && dirOf(path) === dir) this.unsynced.delete(path);
    }
  }

  /** A synced write: the path and the folders above it are on the disk. */
  synced(path: string): void {
    let at = path;
    while (at !== "/") {
      this.unsynced.delete(at);
      at = dirOf(at);
    }
  }

  /** The host crashed: each recent unsynced change is lost or kept, as chance has it. */
  crash(tree: FileTree, mono: number, random: Random): readonly string[] {
    const lost: string[] = [];
    for (const [path, { before, sinceMono }] of [...this.unsynced].reverse()) {
      if (mono - sinceMono >= WRITEBACK_MS || random.chance(0.5)) continue;
      if (restore(tree, path, before)) lost.push(path);
    }
    this.unsynced.clear();
    return lost;
  }
}

function restore(tree: FileTree, path: string, before: Node | null): boolean {
  if (before === null) {
    tree.dropAll(path);
    return true;
  }
  if (tree.at(dirOf(path))?.kind !== "folder") return false;
  // A folder's entries have records of their own.
  if (before.kind === "folder" && tree.at(path)?.kind === "folder") return false;
  tree.dropAll(path);
  tree.put(path, before);
  return true;
}

const copy = (node: Node): Node => {
  if (node.kind === "folder") return { ...node, names: new Set() };
  if (node.kind === "file") return { ...node, links: 1 };
  return { ...node };
};
