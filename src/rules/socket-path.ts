// Where a session's socket is (lifecycle §7). macOS allows 104 bytes for a socket's path, its
// final zero included; 100 leaves room on every system.

import type { Identity } from "../core/names.ts";
import { err, ok, type Result } from "../core/result.ts";

export const SOCKET_PATH_MAX_BYTES = 100;

/**
 * `<runDir>/<identity>.sock`, or `<runDir>/<hash12>.sock` when that is too long.
 *
 * @param hash12 gives the first 12 hex digits of sha256(identity); hashing is the caller's.
 */
export function socketPath(
  runDir: string,
  identity: Identity,
  hash12: () => string,
): Result<string> {
  for (const name of [() => identity, hash12]) {
    const path = `${runDir}/${name()}.sock`;
    if (byteLength(path) <= SOCKET_PATH_MAX_BYTES) return ok(path);
  }
  return err(
    `${JSON.stringify(runDir)} is too long for sockets: a path may have ` +
      `${SOCKET_PATH_MAX_BYTES} bytes; choose a shorter IAPEER_ROOT`,
  );
}

const byteLength = (text: string): number => new TextEncoder().encode(text).byteLength;
