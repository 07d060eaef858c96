// Copying a file away and emptying it in place (ports/files.ts).

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
} from "node:fs";

import type { WriteOutcome } from "../ports/files.ts";
import { failure, refusal } from "./files-errors.ts";
import { FILE_MODE, withTemporary, writeFully } from "./files-write.ts";

const COPY_CHUNK_BYTES = 1024 * 1024;

/**
 * Copies, then empties the original in place, so that a writer that holds it open goes on in
 * the same inode. What is appended during the copy is copied too; only what arrives between
 * the last read and the truncation, microseconds, can be lost. The copy is in its place before
 * that: what fails, or is killed, in between leaves lines twice, and never none.
 */
export function copyTruncate(
  path: string,
  copyTo: string,
  keepBytes = Number.POSITIVE_INFINITY,
): WriteOutcome {
  const { O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
  let fd: number | null = null;
  try {
    fd = openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
    const source = fd;
    const stats = fstatSync(source);
    if (!stats.isFile()) throw refusal("ENOTREG", `${path} is not a regular file`);
    const begin = Math.max(0, stats.size - keepBytes);
    return withTemporary(copyTo, { text: "", mode: FILE_MODE, durable: false }, (temporary) => {
      const target = openSync(temporary, constants.O_WRONLY);
      try {
        const copied = copyFrom(begin, source, target);
        renameSync(temporary, copyTo);
        copyFrom(copied, source, target);
        ftruncateSync(source, 0);
      } finally {
        closeSync(target);
      }
      return { state: "ok" };
    });
  } catch (error) {
    return failure(error);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** Returns where it came to. */
function copyFrom(begin: number, from: number, to: number): number {
  const chunk = Buffer.allocUnsafe(COPY_CHUNK_BYTES);
  for (let position = begin; ; ) {
    const read = readSync(from, chunk, 0, chunk.length, position);
    if (read === 0) return position;
    writeFully(to, chunk.subarray(0, read));
    position += read;
  }
}
