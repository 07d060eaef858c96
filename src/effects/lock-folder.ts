// The lock's folder on the disk: what proper-lockfile needs of a filesystem, and a flock held on
// the folder by its living holder, so that only a dead holder's folder is ever removed by others.

import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  rmdirSync,
  stat,
  statSync,
  utimes,
} from "node:fs";

import type { Clock } from "../ports/clock.ts";
import { refusal } from "./files-errors.ts";
import { tryLock } from "./flock.ts";

/** A folder that has not been touched for so long is a dead holder's. */
export const STALE_MS = 3000;

type Done = (error: Error | null) => void;

/** The part of node:fs that proper-lockfile calls. */
export interface LockFolders {
  mkdir(dir: string, done: Done): void;
  rmdir(dir: string, done: Done): void;
  rmdirSync(dir: string): void;
  /** Ours no longer, or not removable: only the flock is given back. */
  letGo(dir: string): void;
  readonly stat: typeof stat;
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
    try {
      rmdirSync(dir);
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
    stat,
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

function create(dir: string): number {
  mkdirSync(dir, { mode: 0o700 });
  const fd = openFolder(dir);
  // Where there is no flock, age alone has to do.
  if (tryLock(fd).state !== "busy") return fd;
  closeSync(fd);
  throw refusal("ELOCKED", `${dir} was taken over at once`);
}

/**
 * Only under the folder's own flock, and only the folder that is locked: another that takes
 * over meanwhile has removed it and made one of its own.
 */
function removeStale(dir: string, clock: Clock): void {
  const fd = openFolder(dir);
  try {
    if (tryLock(fd).state === "busy") throw refusal("ELOCKED", `${dir} has a living holder`);
    const ours = fstatSync(fd);
    const there = statSync(dir);
    const isSame = there.ino === ours.ino && there.dev === ours.dev;
    if (!isSame || there.mtimeMs >= clock.wall() - STALE_MS) {
      throw refusal("ELOCKED", `${dir} has been taken over`);
    }
    rmdirSync(dir);
  } finally {
    closeSync(fd);
  }
}
