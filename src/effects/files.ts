// Files: small files on a local disk, synchronously (ports/files.ts, storage contract). Reading
// follows symlinks, since a person may keep a doctrine or a profile elsewhere. Writing never does:
// a rename replaces a link, `append` and `copyTruncate` refuse one, removing removes the link.

import {
  lstatSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  type Stats,
  unlinkSync,
} from "node:fs";
import { resolve } from "node:path";

import type { Files, ListOutcome, StatFacts, StatOutcome, WriteOutcome } from "../ports/files.ts";
import { codeOf, failure, isMissing } from "./files-errors.ts";
import { copyTruncate } from "./files-copy.ts";
import { changesIn } from "./folder-changes.ts";
import { readHead, readOn, readOwned, readTail, readWhole } from "./files-read.ts";
import { realParent } from "./files-real.ts";
import {
  append,
  linkNew,
  makeFolder,
  syncFolder,
  writeAtomic,
  writeNew,
} from "./files-write.ts";

export function createFiles(): Files {
  return {
    read: readWhole,
    readOwned,
    readHead,
    readTail,
    readOn,
    stat: (path) => stat(path, lstatSync),
    statTarget: (path) => stat(path, statSync),
    list,
    changesIn,
    writeAtomic,
    writeNew,
    linkNew,
    append,
    realParent,
    makeFolder: (path, mode = 0o700, durable = false) =>
      attempt(() => makeFolder(path, mode, durable)),
    syncFolder: (dir) => attempt(() => syncFolder(dir)),
    remove: (path) => attempt(() => unlinkSync(path), isMissing),
    removeEmpty: (dir) => attempt(() => rmdirSync(dir), (error) => codeOf(error) === "ENOENT"),
    removeTree,
    rename: (from, to) => attempt(() => renameSync(from, to)),
    copyTruncate,
  };
}

function attempt(work: () => void, fine: (error: unknown) => boolean = () => false): WriteOutcome {
  try {
    work();
    return { state: "ok" };
  } catch (error) {
    return fine(error) ? { state: "ok" } : failure(error);
  }
}

/** Undefined where nothing is. */
type Look = (path: string, options: { throwIfNoEntry: false }) => Stats | undefined;

function stat(path: string, look: Look): StatOutcome {
  try {
    // An error that is made and thrown costs more than the call, and most looks find nothing.
    const stats = look(path, { throwIfNoEntry: false });
    return stats === undefined ? { state: "missing" } : factsOf(stats);
  } catch (error) {
    return isMissing(error) ? { state: "missing" } : failure(error);
  }
}

function factsOf(stats: Stats): StatFacts & { readonly state: "ok" } {
  return {
    state: "ok",
    kind: kindOf(stats),
    size: stats.size,
    mtimeMs: stats.mtimeMs,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    inode: stats.ino,
  };
}

function kindOf(stats: Stats): StatFacts["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "folder";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isSocket()) return "socket";
  return "other";
}

function list(dir: string): ListOutcome {
  try {
    return { state: "ok", names: readdirSync(dir).toSorted(byCodeUnit) };
  } catch (error) {
    return codeOf(error) === "ENOENT" ? { state: "ok", names: [] } : failure(error);
  }
}

/** The same order on every system and in every locale. */
function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function removeTree(path: string): WriteOutcome {
  if (path === "" || resolve(path) === "/") {
    return { state: "failed", code: "EINVAL", detail: `refused to remove ${path || "nothing"}` };
  }
  return attempt(() => rmSync(path, { recursive: true, force: true }), isMissing);
}
