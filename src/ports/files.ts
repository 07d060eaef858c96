// Small files on a local disk, synchronously: a supervisor's own state is a few hundred bytes,
// and a synchronous call is both cheaper than a thread hop and impossible to interleave.

import type { FolderChanges } from "./folder-changes.ts";

export type ReadOutcome =
  | { readonly state: "ok"; readonly text: string }
  | { readonly state: "missing" }
  | { readonly state: "failed"; readonly code: string; readonly detail: string };

export type ReadOnOutcome =
  | { readonly state: "ok"; readonly text: string; readonly next: number }
  | Exclude<ReadOutcome, { state: "ok" }>;

export type WriteOutcome =
  | { readonly state: "ok" }
  | { readonly state: "failed"; readonly code: string; readonly detail: string };

export type ListOutcome =
  | { readonly state: "ok"; readonly names: readonly string[] }
  | { readonly state: "failed"; readonly code: string; readonly detail: string };

export type LinkOutcome = WriteOutcome | { readonly state: "exists" };

export interface StatFacts {
  readonly kind: "file" | "folder" | "socket" | "symlink" | "other";
  readonly size: number;
  /** Wall clock, milliseconds. */
  readonly mtimeMs: number;
  /** Permission bits only. */
  readonly mode: number;
  readonly uid: number;
  readonly inode: number;
}

export type StatOutcome =
  | ({ readonly state: "ok" } & StatFacts)
  | { readonly state: "missing" }
  | { readonly state: "failed"; readonly code: string; readonly detail: string };

export interface WriteOptions {
  /** Default 0o600. */
  readonly mode?: number;
  /** fsync the file and its folder before returning; default false. */
  readonly durable?: boolean;
}

/** Never throws for what a filesystem can be expected to answer. Text is UTF-8. */
export interface Files {
  /** Fails with code `E2BIG` over `maxBytes` (default 16 MiB), `EISDIR`, `ENOTREG` for a fifo. */
  read(path: string, maxBytes?: number): ReadOutcome;
  /**
   * As `read`, of a file that nobody else can have put there: `ELOOP` for a symlink, `EREFUSED`
   * for one of another user.
   */
  readOwned(path: string, uid: number, maxBytes?: number): ReadOutcome;
  /** The first `bytes` of a file, however long it is. */
  readHead(path: string, bytes: number): ReadOutcome;
  /** The last `bytes` of a file, for tails. */
  readTail(path: string, bytes: number): ReadOutcome;
  /**
   * At most `bytes` from a position on, which must not be within a character. One that is cut at
   * the end is left for the next time: `next` is where to go on.
   */
  readOn(path: string, position: number, bytes: number): ReadOnOutcome;
  /** lstat: a symlink is reported as one. */
  stat(path: string): StatOutcome;
  /** stat: what a symlink leads to; one that leads nowhere is missing. */
  statTarget(path: string): StatOutcome;
  /** Names, sorted; a missing folder is empty. */
  list(dir: string): ListOutcome;
  /** Told without a look at each file, where the system does. */
  changesIn(dir: string): FolderChanges;
  /** Temporary file in the same folder, then rename. */
  writeAtomic(path: string, text: string, options?: WriteOptions): WriteOutcome;
  /**
   * In its place from the first byte on, for readers that come later: `exists` when there is
   * one. Of one that cannot be written nothing stays.
   */
  writeNew(path: string, text: string): LinkOutcome;
  /** A complete temporary file, put in place by link(2): `exists` when another was first. */
  linkNew(path: string, text: string): LinkOutcome;
  /** Opened, appended in one write, closed: safe with other writers and with rotation. */
  append(path: string, text: string): WriteOutcome;
  /** With the symlinks above it resolved, as a process in it sees it; what is missing stays. */
  realParent(path: string): string;
  /**
   * Recursive; an existing folder is fine, its mode is set. Default mode 0o700. `durable`: the
   * names of those that were made are on the disk before it returns.
   */
  makeFolder(path: string, mode?: number, durable?: boolean): WriteOutcome;
  /** fsync of a folder: what was renamed or removed in it stays so through a power cut. */
  syncFolder(dir: string): WriteOutcome;
  /** A file, socket or symlink; a missing one is `ok`. */
  remove(path: string): WriteOutcome;
  /** A folder with nothing in it, in one step: of one that holds something nothing happens. */
  removeEmpty(dir: string): WriteOutcome;
  /** A folder and all in it; symlinks inside are removed, never followed. */
  removeTree(path: string): WriteOutcome;
  /** Replaces the target. */
  rename(from: string, to: string): WriteOutcome;
  /**
   * Copies the newest `keepBytes` (default: all), and once the copy is there empties the original
   * in place: a failure in between leaves the text twice.
   */
  copyTruncate(path: string, copyTo: string, keepBytes?: number): WriteOutcome;
}
