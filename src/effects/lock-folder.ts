// The lock's folder on the disk: what proper-lockfile needs of a filesystem, and a flock held on
// the folder by its living holder, so that only a dead holder's folder is ever removed by others.

import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  rmdirSync,
  rmSync,
  stat,
  statSync,
  utimes,
} from "node:fs";

import type { Clock } from "../ports/clock.ts";
import { codeOf, refusal } from "./files-errors.ts";
import { tryLock } from "./flock.ts";

/**
 * A folder that has not been touched for so long is a dead holder's, and so is one that will be
 * touched so much later than now: the clock has gone back since.
 */
export const STALE_MS = 3000;

type Done = (error: Error | null) => void;
type Seen = (error: Error | null, seen?: { readonly mtime: Date }) => void;

/** The part of node:fs that proper-lockfile calls. */
export interface LockFolders {
  mkdir(dir: string, done: Done): void;
  rmdir(dir: string, done: Done): void;
  rmdirSync(dir: string): void;
  /** Ours no longer, or not removable: only the flock is given back. */
  letGo(dir: string): void;
  /** One from the future is as old as can be, to a library that only looks for old ones. */
  stat(dir: string, done: Seen): void;
  readonly utimes: typeof utimes;
}

export function createLockFolders(clock: Clock): LockFolders {
  const held = new Map<string, number>();
  const letGo = (dir: string): void => {
    const fd = held.get(dir);
    held.delete(dir);
    if (fd !== undefined) closeSync(fd);
  };
  const removeOwn = (dir: string): void => {
    const fd = held.get(dir);
    try {
      if (fd !== undefined && isStill(dir, fd)) remove(dir);
    } finally {
      letGo(dir);
    }
  };
  return {
    mkdir: (dir, done) =>
      answer(done, () => {
        held.set(dir, create(dir));
      }),
    rmdir: (dir, done) =>
      answer(done, () => (held.has(dir) ? removeOwn(dir) : removeStale(dir, clock))),
    rmdirSync: removeOwn,
    letGo,
    stat: (dir, done) =>
      stat(dir, (error, stats) => {
        if (error !== null) return done(error);
        const isAhead = !held.has(dir) && stats.mtimeMs > clock.wall() + STALE_MS;
        done(null, { mtime: isAhead ? new Date(0) : stats.mtime });
      }),
    utimes,
  };
}

function answer(done: Done, work: () => void): void {
  try {
    work();
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  done(null);
}

const openFolder = (dir: string): number =>
  openSync(dir, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);

/** It counts only while it is in its place: before it was locked, another may have removed it. */
function create(dir: string): number {
  mkdirSync(dir, { mode: 0o700 });
  const fd = openFolder(dir);
  // Where there is no flock, age alone has to do.
  if (tryLock(fd).state !== "busy" && isStill(dir, fd)) return fd;
  closeSync(fd);
  throw refusal("ELOCKED", `${dir} was taken over at once`);
}

function isStill(dir: string, fd: number): boolean {
  const ours = fstatSync(fd);
  const there = statSync(dir, { throwIfNoEntry: false });
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
}

/**
 * Only under the folder's own flock, and only the folder that is locked: another that takes
 * over meanwhile has removed it and made one of its own.
 */
function removeStale(dir: string, clock: Clock): void {
  const fd = openFolder(dir);
  try {
    const flock = tryLock(fd).state;
    if (flock === "busy") throw refusal("ELOCKED", `${dir} has a living holder`);
    const { mtimeMs } = fstatSync(fd);
    const now = clock.wall();
    // Without a flock, one whose clock is being set may still hold it.
    const isAhead = flock === "locked" && mtimeMs > now + STALE_MS;
    if (!isStill(dir, fd) || !(isAhead || mtimeMs < now - STALE_MS)) {
      throw refusal("ELOCKED", `${dir} has been taken over`);
    }
    remove(dir);
  } finally {
    closeSync(fd);
  }
}

/** With what others have put into it, as a file manager does. */
function remove(dir: string): void {
  try {
    rmdirSync(dir);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    rmSync(dir, { recursive: true });
  }
}
