// flock(2): a lock that the kernel lets go of when its holder dies, however it dies. It belongs
// to the open file, and a child never inherits it, since files are opened close-on-exec.

import { ERRNO, errnoName, lastErrno, openLibc, prepareErrno } from "./libc.ts";

/** The same numbers on Linux and macOS. */
const LOCK_EX = 2;
const LOCK_NB = 4;

/** `unavailable`: no C library, or a filesystem that has no such locks. */
export type FlockOutcome =
  | { readonly state: "locked" }
  | { readonly state: "busy" }
  | { readonly state: "unavailable"; readonly detail: string };

type Flock = (fd: number, operation: number) => number;

let opened: Flock | null | undefined;

function flock(): Flock | null {
  if (opened === undefined) {
    prepareErrno();
    const libc = openLibc({ flock: { args: ["i32", "i32"], returns: "i32" } });
    opened = libc === null ? null : (fd, operation) => libc.flock(fd, operation);
  }
  return opened;
}

/** Locks the open file for us alone, or says at once that it cannot. Closing it unlocks. */
export function tryLock(fd: number): FlockOutcome {
  const call = flock();
  if (call === null) return { state: "unavailable", detail: "no C library to call flock in" };
  if (call(fd, LOCK_EX | LOCK_NB) === 0) return { state: "locked" };
  const errno = lastErrno();
  if (errno === ERRNO.EWOULDBLOCK || errno === ERRNO.EAGAIN) return { state: "busy" };
  return { state: "unavailable", detail: `flock: ${errnoName(errno)}` };
}
