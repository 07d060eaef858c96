// FolderChanges over files in memory (ports/folder-changes.ts).

import type { FolderChanges } from "../../src/ports/folder-changes.ts";
import { dirOf, nameOf } from "./file-tree.ts";

/** Whoever asks about folders, and what each has not been told yet. */
export class FakeFolderChanges {
  private readonly takers = new Set<{ readonly dir: string; names: Set<string> | null }>();

  constructor(private readonly isFolder: (path: string) => boolean) {}

  changesIn(dir: string): FolderChanges {
    const taker: { readonly dir: string; names: Set<string> | null } = { dir, names: null };
    return {
      take: () => {
        const { names } = taker;
        const isThere = this.isFolder(dir);
        taker.names = isThere ? new Set() : null;
        this.takers.add(taker);
        return isThere ? names : null;
      },
      close: () => {
        taker.names = null;
        this.takers.delete(taker);
      },
    };
  }

  note(path: string): void {
    for (const taker of this.takers) {
      if (path === taker.dir) taker.names = null;
      else if (dirOf(path) === taker.dir) taker.names?.add(nameOf(path));
    }
  }
}

/** Where the system tells nothing. */
export const UNTOLD: FolderChanges = { take: () => null, close: () => undefined };
