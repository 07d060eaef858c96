// The C library through bun:ffi, for the few calls that node's API does not offer. Opened on
// first use, since most verbs need none of it; null where it cannot be opened, so that every
// caller has to have a fallback.

import { constants } from "node:os";

import { dlopen, read, type FFIFunction, type Library } from "bun:ffi";

/** glibc, then musl by machine, then whatever a system calls its C library. */
const LINUX_NAMES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1", "libc.so"];
const DARWIN_NAMES = ["/usr/lib/libSystem.B.dylib"];

/** errno by name, with this system's numbers. */
export const ERRNO = constants.errno;

const NAMES = process.platform === "darwin" ? DARWIN_NAMES : LINUX_NAMES;

/** The named functions of the C library; null when none could be opened. */
export function openLibc<const S extends Record<string, FFIFunction>>(
  symbols: S,
  names: readonly string[] = NAMES,
): Library<S>["symbols"] | null {
  for (const name of names) {
    try {
      return dlopen(name, symbols).symbols;
    } catch {
      continue; // Another name, or the caller's fallback.
    }
  }
  return null;
}

/** The first name under which the C library opens, for a Worker that opens its own. */
export function libcName(): string | null {
  const symbols = { getpid: { args: [], returns: "i32" } } as const;
  return NAMES.find((name) => openLibc(symbols, [name]) !== null) ?? null;
}

/** The function that tells where errno is; its name differs, what it does not. */
export const ERRNO_SYMBOL = process.platform === "darwin" ? "__error" : "__errno_location";

let errnoAddress: (() => number) | null | undefined;

/**
 * The error number of the C call just made on this thread; 0 when it cannot be told. Read it
 * before anything else: the runtime makes calls of its own.
 */
export function lastErrno(): number {
  if (errnoAddress === undefined) prepareErrno();
  if (errnoAddress === null || errnoAddress === undefined) return 0;
  return read.i32(errnoAddress() as Parameters<typeof read.i32>[0], 0);
}

/** Opens what `lastErrno` needs, so that the first failure is already told correctly. */
export function prepareErrno(): void {
  const found = openLibc({ [ERRNO_SYMBOL]: { args: [], returns: "ptr" } });
  const symbol = found?.[ERRNO_SYMBOL];
  errnoAddress = symbol === undefined ? null : (symbol as unknown as () => number);
}

/** `ESRCH` for 3, and so on; the number itself when it has no name here. */
export function errnoName(errno: number): string {
  for (const [name, value] of Object.entries(ERRNO)) if (value === errno) return name;
  return `errno ${errno}`;
}
