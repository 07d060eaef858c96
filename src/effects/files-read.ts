// Reading (ports/files.ts). A fifo or a device is refused without blocking on it, and no file
// is read beyond a bound: what is read here may have been put there by anybody.

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

import type { ReadOnOutcome, ReadOutcome } from "../ports/files.ts";
import { codeOf, failure, isMissing, refusal } from "./files-errors.ts";

const BYTES_MAX = 16 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

export const readWhole = (path: string, maxBytes = BYTES_MAX): ReadOutcome =>
  withRegularFile(path, (fd, size) => wholeOf(path, { fd, size, maxBytes }));

export const readOwned = (path: string, uid: number, maxBytes = BYTES_MAX): ReadOutcome =>
  withRegularFile(path, (fd, size) => wholeOf(path, { fd, size, maxBytes }), uid);

interface Opened {
  readonly fd: number;
  readonly size: number;
  readonly maxBytes: number;
}

function wholeOf(path: string, { fd, size, maxBytes }: Opened): string {
  if (size > maxBytes) throw tooBig(path, maxBytes);
  const bytes = readFrom(fd, { size, max: maxBytes });
  if (bytes === null) throw tooBig(path, maxBytes);
  return bytes.toString("utf8");
}

export function readHead(path: string, bytes: number): ReadOutcome {
  return withRegularFile(path, (fd, size) => {
    const head = Buffer.allocUnsafe(Math.min(size, Math.max(0, bytes)));
    return head.subarray(0, readFully(fd, head, 0)).toString("utf8");
  });
}

export function readTail(path: string, bytes: number): ReadOutcome {
  return withRegularFile(path, (fd, size) => {
    const position = Math.max(0, size - bytes);
    const tail = Buffer.allocUnsafe(Math.min(size, Math.max(0, bytes)));
    const read = readFully(fd, tail, position);
    return dropPartialCharacter(tail.subarray(0, read), position > 0).toString("utf8");
  });
}

export function readOn(path: string, position: number, bytes: number): ReadOnOutcome {
  let next = position;
  const read = withRegularFile(path, (fd, size) => {
    const part = Buffer.allocUnsafe(Math.min(Math.max(0, size - position), Math.max(0, bytes)));
    const found = part.subarray(0, readFully(fd, part, position));
    const whole = found.subarray(0, found.length - cutOff(found));
    next += whole.length;
    return whole.toString("utf8");
  });
  return read.state === "ok" ? { ...read, next } : read;
}

/** Bytes at the end that begin a character and do not complete it: at most three. */
function cutOff(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** `owner`: it must be this user's, and no symlink. */
function withRegularFile(
  path: string,
  work: (fd: number, size: number) => string,
  owner?: number,
): ReadOutcome {
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW } = constants;
  let fd: number | null = null;
  try {
    const follow = owner === undefined ? 0 : O_NOFOLLOW;
    fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | follow);
    const stats = fstatSync(fd);
    if (owner !== undefined && stats.uid !== owner) {
      throw refusal("EREFUSED", `${path} belongs to another user (uid ${stats.uid})`);
    }
    if (stats.isDirectory()) throw refusal("EISDIR", `${path} is a folder`);
    if (!stats.isFile()) throw refusal("ENOTREG", `${path} is not a regular file`);
    return { state: "ok", text: work(fd, stats.size) };
  } catch (error) {
    if (isMissing(error)) return { state: "missing" };
    // Opening a socket answers ENXIO.
    if (codeOf(error) === "ENXIO") return failure(refusal("ENOTREG", `${path} is a socket`));
    return failure(error);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

interface Extent {
  /** What it is said to hold. */
  readonly size: number;
  readonly max: number;
}

/** Small files one after the other, each read to its end before the next is opened. */
const SCRATCH = Buffer.alloc(CHUNK_BYTES);

/**
 * All bytes to the end of the file, good until the next file is read; null when there are more
 * than `max`.
 */
function readFrom(fd: number, extent: Extent): Buffer | null {
  // Files of /proc say that their size is 0, and are read to an end that only a call can tell.
  const isSmall = extent.size < SCRATCH.length;
  const first = isSmall ? SCRATCH : Buffer.allocUnsafe(extent.size + 1);
  // All that it is said to hold and no more is its end: a second call would only say so again.
  const begun = readSync(fd, first, 0, first.length, 0);
  if (begun === extent.size && begun > 0) return first.subarray(0, begun);
  const rest = first.subarray(begun);
  const read = begun + (begun === 0 ? 0 : readFully(fd, rest, begun));
  if (read < first.length) return read > extent.max ? null : first.subarray(0, read);
  const parts = [Buffer.from(first)];
  let total = read;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const more = readFully(fd, chunk, total);
    total += more;
    if (total > extent.max) return null;
    parts.push(chunk.subarray(0, more));
    if (more < chunk.length) return Buffer.concat(parts, total);
  }
}

function readFully(fd: number, into: Buffer, position: number): number {
  let done = 0;
  while (done < into.length) {
    const read = readSync(fd, into, done, into.length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

/** A tail may begin in the middle of a character: its continuation bytes are 10xxxxxx. */
function dropPartialCharacter(bytes: Buffer, cut: boolean): Buffer {
  let start = 0;
  while (cut && start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
}

function tooBig(path: string, maxBytes: number): Error {
  return refusal("E2BIG", `${path} is larger than ${maxBytes} bytes`);
}
