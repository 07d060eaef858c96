// One log file and its older parts, `.1` the newest (lifecycle §8). Several processes write it,
// sh scripts among them, which open, append and close: a line is one append to an open file, and
// whoever opened the file before it was rotated still writes into a part that is kept.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

import type { LogLimits } from "../core/config.ts";
import { failure, isMissing, refusal } from "./files-errors.ts";
import { tryLock } from "./flock.ts";

/** Every try but the first is for a line that landed in a part that had just been dropped. */
const TRIES_MAX = 5;
const NEWLINE = 0x0a;

/** Throws what the filesystem answers. `line` ends with a newline. */
export function appendLine(path: string, line: string, limits: LogLimits): void {
  const bytes = Buffer.from(line, "utf8");
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const outcome = tryAppend(path, bytes, limits.maxBytes);
    if (outcome === "appended") return;
    if (outcome === "full" && !tryRotate(path, bytes, limits)) break;
  }
  // Somebody else is rotating: the line matters more than the limit.
  tryAppend(path, bytes, Number.POSITIVE_INFINITY);
}

/** False when somebody else is rotating. When it fails, the line is written all the same. */
function tryRotate(path: string, line: Buffer, limits: LogLimits): boolean {
  try {
    return rotate(path, line.length, limits);
  } catch (error) {
    tryAppend(path, line, Number.POSITIVE_INFINITY);
    throw refusal("EROTATE", `${path} cannot be rotated: ${failure(error).detail}`);
  }
}

/**
 * `full`: not written, the file would grow over `maxBytes`. `dropped`: written into a part that
 * nobody can read any more.
 */
function tryAppend(
  path: string,
  line: Buffer,
  maxBytes: number,
): "appended" | "full" | "dropped" {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const fd = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw refusal("ENOTREG", `${path} is not a regular file`);
    if (stats.size > 0 && stats.size + line.length > maxBytes) return "full";
    const isTorn = stats.size > 0 && lastByte(fd, stats.size) !== NEWLINE;
    writeWhole(fd, isTorn ? Buffer.concat([Buffer.of(NEWLINE), line]) : line);
    return fstatSync(fd).nlink > 0 ? "appended" : "dropped";
  } finally {
    closeSync(fd);
  }
}

/** A disk that was full, or a crash, may have left half a line: ours begins a new one. */
function lastByte(fd: number, size: number): number {
  const byte = Buffer.alloc(1, NEWLINE);
  readSync(fd, byte, 0, 1, size - 1);
  return byte[0] ?? NEWLINE;
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(fd, bytes, done, bytes.length - done);
  }
}

/** By one process at a time, under a flock on the folder; who finds it taken lets it be. */
function rotate(path: string, lineBytes: number, limits: LogLimits): boolean {
  const fd = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    if (tryLock(fd).state !== "locked") return false;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    // Another process may have rotated it since we looked.
    if (stats !== undefined && stats.size + lineBytes > limits.maxBytes) shift(path, limits.keep);
    return true;
  } finally {
    closeSync(fd);
  }
}

/**
 * From the oldest to the newest, so that each name is free, or is the one to be dropped, when
 * something moves there. A gap, left by a process that died half-way, is closed first.
 */
function shift(path: string, keep: number): void {
  if (keep < 1) {
    unlinkSync(path);
    return;
  }
  for (let part = firstFree(path, keep); part > 1; part -= 1) {
    renameSync(`${path}.${part - 1}`, `${path}.${part}`);
  }
  renameSync(path, `${path}.1`);
}

function firstFree(path: string, keep: number): number {
  let part = 1;
  while (part < keep && isThere(`${path}.${part}`)) part += 1;
  return part;
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
