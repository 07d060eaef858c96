// Lease: the right to supervise a root, held by one process at a time (ports/lock.ts). The file
// stays when nobody holds it; the pid inside is for people, and nothing depends on it.

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

import type { HeldLease, Lease, LeaseHold, LeaseOutcome } from "../ports/lock.ts";
import { failure, isMissing } from "./files-errors.ts";
import { makeMissingFolder } from "./files-write.ts";
import { tryLock } from "./flock.ts";

/** Somebody may replace the file while we lock it; nobody does so for ever. */
const TRIES_MAX = 5;

export function createLease(): Lease {
  return { acquire };
}

function acquire(path: string): LeaseOutcome {
  try {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const outcome = tryAcquire(path);
      if (outcome !== "replaced") return outcome;
    }
    return { state: "failed", detail: `${path} was replaced again and again` };
  } catch (error) {
    return { state: "failed", detail: failure(error).detail };
  }
}

function tryAcquire(path: string): LeaseOutcome | "replaced" {
  const fd = openLeaseFile(path);
  const locked = tryLock(fd);
  const ours = fstatSync(fd);
  if (locked.state === "locked" && isAt(path, ours)) {
    writePid(fd);
    return heldBy({ path, fd, ours });
  }
  closeSync(fd);
  if (locked.state === "locked") return "replaced";
  if (locked.state === "busy") return { state: "busy" };
  return { state: "failed", detail: locked.detail };
}

function openLeaseFile(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  makeMissingFolder(dirname(path));
  return openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
}

/** A lock on a file that has been removed or replaced meanwhile would exclude nobody. */
function isAt(path: string, ours: Inode): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
}

/** Nobody else's while it is open. */
interface Inode {
  readonly dev: number;
  readonly ino: number;
}

/** On a full disk the lease is held all the same, and names nobody. */
function writePid(fd: number): void {
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, `${process.pid}\n`, 0);
  } catch {
    return;
  }
}

function heldBy({ path, fd, ours }: { path: string; fd: number; ours: Inode }): HeldLease {
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    closeSync(fd);
  };
  return { state: "held", hold: () => (held ? holdOf(path, ours) : "lost"), release };
}

function holdOf(path: string, ours: Inode): LeaseHold {
  try {
    return isAt(path, ours) ? "ours" : "lost";
  } catch (error) {
    return isMissing(error) ? "lost" : "unknown";
  }
}
