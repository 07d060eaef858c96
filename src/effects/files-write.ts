// Writing (ports/files.ts): whole or not at all, with exact modes whatever the umask, and no
// temporary file left behind by a failure.

import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

import type { LinkOutcome, WriteOptions, WriteOutcome } from "../ports/files.ts";
import { codeOf, failure, refusal } from "./files-errors.ts";

export const FILE_MODE = 0o600;
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export function writeAtomic(
  path: string,
  text: string,
  options: WriteOptions = {},
): WriteOutcome {
  const durable = options.durable === true;
  return withTemporary(path, { text, mode: options.mode ?? FILE_MODE, durable }, (temporary) => {
    renameSync(temporary, path);
    if (durable) syncFolder(dirname(path));
    return { state: "ok" };
  });
}

export function writeNew(path: string, text: string): LinkOutcome {
  let fd: number | null = null;
  try {
    fd = openSync(path, NEW, FILE_MODE);
    fchmodSync(fd, FILE_MODE);
    writeText(fd, text);
    return { state: "ok" };
  } catch (error) {
    if (fd === null && codeOf(error) === "EEXIST") return { state: "exists" };
    if (fd !== null) removeQuietly(path);
    return failure(error);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/**
 * Always durable: a link put in place before its bytes reach the disk would survive a power
 * cut as an empty file, and an end record is whole or absent (lifecycle §5).
 */
export function linkNew(path: string, text: string): LinkOutcome {
  const content = { text, mode: FILE_MODE, durable: true };
  const outcome = withTemporary<LinkOutcome>(path, content, (temporary) => {
    try {
      linkSync(temporary, path);
    } catch (error) {
      if (codeOf(error) === "EEXIST") return { state: "exists" };
      throw error;
    } finally {
      unlinkSync(temporary);
    }
    return { state: "ok" };
  });
  if (outcome.state === "ok") syncFolderQuietly(dirname(path));
  return outcome;
}

export function append(path: string, text: string): WriteOutcome {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  let fd: number | null = null;
  try {
    // O_NONBLOCK: a fifo without a reader answers ENXIO instead of blocking us.
    fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, FILE_MODE);
    if (!fstatSync(fd).isFile()) throw refusal("ENOTREG", `${path} is not a regular file`);
    writeFully(fd, Buffer.from(text, "utf8"));
    return { state: "ok" };
  } catch (error) {
    return failure(error);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/**
 * mkdir -p whose mode does not depend on the umask, for every folder that it creates: each gets
 * its mode before the next, since a umask may close a folder to its own maker.
 */
export function makeFolder(path: string, mode: number, durable = false): void {
  let isMine = false;
  for (const dir of missingFolders(path)) {
    isMine = mkdirSync(dir, { recursive: true, mode }) !== undefined;
    if (isMine) chmodSync(dir, mode);
    if (durable) syncFolder(dirname(dir));
  }
  if (isMine) return;
  const stats = statSync(path);
  if (!stats.isDirectory()) throw refusal("ENOTDIR", `${path} is not a folder`);
  if ((stats.mode & 0o7777) !== mode) chmodSync(path, mode);
}

/** Outermost first. */
function missingFolders(path: string): string[] {
  const missing: string[] = [];
  for (let dir = path; statSync(dir, { throwIfNoEntry: false }) === undefined; ) {
    missing.unshift(dir);
    if (dirname(dir) === dir) break;
    dir = dirname(dir);
  }
  return missing;
}

/** Makes a folder that is not there; one that is keeps its mode, since it may be a person's. */
export function makeMissingFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) makeFolder(path, 0o700);
}

/** Without a copy of ours, unless the system takes less than all. */
function writeText(fd: number, text: string): void {
  const done = writeSync(fd, text);
  if (done < Buffer.byteLength(text)) writeFully(fd, Buffer.from(text, "utf8").subarray(done));
}

/** One call unless the system takes less; then the rest, until it refuses. */
export function writeFully(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(fd, bytes, done, bytes.length - done);
  }
}

interface Content {
  readonly text: string;
  readonly mode: number;
  readonly durable: boolean;
}

/** `use` puts the complete temporary file in place; whatever fails, no temporary stays. */
export function withTemporary<T>(
  path: string,
  content: Content,
  use: (temporary: string) => T,
): T | ReturnType<typeof failure> {
  let temporary: string | null = null;
  try {
    const created = createTemporary(dirname(path), content.mode);
    temporary = created.path;
    try {
      fchmodSync(created.fd, content.mode);
      writeText(created.fd, content.text);
      if (content.durable) fsyncSync(created.fd);
    } finally {
      closeSync(created.fd);
    }
    return use(temporary);
  } catch (error) {
    if (temporary !== null) removeQuietly(temporary);
    return failure(error);
  }
}

let temporaries = 0;

/** The pid and a counter keep names apart; O_EXCL does where pids are not unique. */
function createTemporary(dir: string, mode: number): { fd: number; path: string } {
  for (;;) {
    temporaries += 1;
    const path = `${dir}/.iapeer-${process.pid}-${temporaries}.tmp`;
    try {
      return { fd: openSync(path, NEW, mode), path };
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
  }
}

/** The failure to tell is the first one: nothing is added to it when this fails too. */
function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    return;
  }
}

export function syncFolder(dir: string): void {
  const fd = openSync(dir, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } catch (error) {
    // Some filesystems have no fsync for folders; their rename is as durable as it gets.
    if (codeOf(error) !== "EINVAL") throw error;
  } finally {
    closeSync(fd);
  }
}

/** The link is in place and counts, whether or not its name is known to be on the disk. */
function syncFolderQuietly(dir: string): void {
  try {
    syncFolder(dir);
  } catch {
    return;
  }
}
