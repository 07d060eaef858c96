// A log and its rotated parts (lifecycle §8), the newest first, while others may rotate it: a part
// only ever moves on to higher numbers, and is known again by its inode.

import type { Files } from "../ports/files.ts";

/** A rotation that is under way, or was cut off, leaves one name free between two parts. */
const GAPS_MAX = 1;

/** Whoever rotates faster than this is not kept up with. */
const TRIES_MAX = 100;

export interface LogPart<T> {
  /** 0: it could not be looked at. */
  readonly inode: number;
  readonly path: string;
  readonly read: T;
}

type Read<T> = (path: string, inode: number) => T;

/** Each part that was there at first, once, with what `read` made of it. */
export function* logParts<T>(files: Files, log: string, read: Read<T>): Generator<LogPart<T>> {
  let last = null as Place | null;
  let gaps = 0;
  let tries = 0;
  for (let n = 0; gaps <= GAPS_MAX && tries < TRIES_MAX; n += 1) {
    const part = readPart(files, nameOf(log, n), read);
    const isMoved = last !== null && inodeOf(files, nameOf(log, last.n)) !== last.inode;
    if (part === "moving" || isMoved) {
      tries += 1;
      last = last === null ? null : find(files, log, last);
      if (last === null && isMoved) return;
      n = last === null ? -1 : last.n;
      gaps = 0;
      continue;
    }
    gaps = part === "missing" ? gaps + 1 : 0;
    if (part === "missing") continue;
    yield part;
    if (part.inode === 0) return;
    last = { n, inode: part.inode };
  }
}

interface Place {
  readonly n: number;
  readonly inode: number;
}

const nameOf = (log: string, n: number): string => (n === 0 ? log : `${log}.${n}`);

function inodeOf(files: Files, path: string): number | null {
  const stat = files.stat(path);
  if (stat.state === "missing") return null;
  return stat.state === "ok" ? stat.inode : 0;
}

/** Where it has moved on to; null: nowhere, it was dropped. */
function find(files: Files, log: string, { n: from, inode }: Place): Place | null {
  for (let n = from, gaps = 0; gaps <= GAPS_MAX; n += 1) {
    const there = inodeOf(files, nameOf(log, n));
    if (there === inode) return { n, inode };
    gaps = there === null ? gaps + 1 : 0;
  }
  return null;
}

/** `moving`: it was another's name before it was read. */
function readPart<T>(
  files: Files,
  path: string,
  read: Read<T>,
): LogPart<T> | "missing" | "moving" {
  const inode = inodeOf(files, path);
  if (inode === null) return "missing";
  const part = { path, inode, read: read(path, inode) };
  return inodeOf(files, path) === inode ? part : "moving";
}
