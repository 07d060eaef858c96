// What is behind a socket path, by connecting and closing at once: a tmux server with a client,
// even a silent one, does not exit (shared facts), so nothing is ever held open.

import { lstatSync } from "node:fs";

import type { SocketProbe } from "../ports/tmux.ts";
import { ERRNO, lastErrno, openLibc, prepareErrno } from "./libc.ts";
import { codeOf } from "./files-errors.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;
/** Linux only: a full queue then answers EAGAIN at once. macOS refuses a full queue by itself. */
const SOCK_NONBLOCK = 0o4000;
const IS_DARWIN = process.platform === "darwin";
/** sun_path with its final zero. */
const PATH_BYTES = IS_DARWIN ? 104 : 108;

const SYMBOLS = {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
} as const;

/** Linux: struct ucred of whoever listens, its pid first (unix(7)). */
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const UCRED_BYTES = 12;

let libc: ReturnType<typeof openLibc<typeof SYMBOLS>> | undefined;

/** Synchronous, about 20 µs. `unknown` also where the C library cannot be called. */
export function probeSocket(path: string): SocketProbe {
  try {
    if (!lstatSync(path).isSocket()) return "not-a-socket";
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" || code === "ENOTDIR" ? "missing" : "unknown";
  }
  return connectOnce(path);
}

/**
 * The pid, as it is here, of whoever made the socket: 0 for one that is not to be seen from here,
 * as in another container. Null: nobody answers, or the system does not tell.
 */
export function socketListener(path: string): number | null {
  let pid: number | null = null;
  connectOnce(path, (fd, { getsockopt }) => {
    const credentials = new Int32Array(UCRED_BYTES / 4);
    const length = new Uint32Array([UCRED_BYTES]);
    const told = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, length);
    if (told === 0 && !IS_DARWIN) [pid = null] = credentials;
  });
  // Where the kernel is an imitation (gVisor), it is whoever asks, who never listens there.
  return pid === process.pid ? null : pid;
}

type Libc = NonNullable<typeof libc>;

function connectOnce(
  path: string,
  whileOpen: (fd: number, libc: Libc) => void = () => undefined,
): SocketProbe {
  const address = socketAddress(path);
  if (address === null) return "unknown";
  if (libc === undefined) {
    prepareErrno();
    libc = openLibc(SYMBOLS);
  }
  if (libc === null) return "unknown";
  const kind = IS_DARWIN ? SOCK_STREAM : SOCK_STREAM | SOCK_NONBLOCK;
  const fd = libc.socket(AF_UNIX, kind, 0);
  if (fd < 0) return "unknown";
  const refused = libc.connect(fd, address, address.byteLength) !== 0;
  const errno = refused ? lastErrno() : 0;
  if (!refused) whileOpen(fd, libc);
  libc.close(fd);
  return refused ? refusal(errno) : "answers";
}

function refusal(errno: number): SocketProbe {
  if (errno === ERRNO.ECONNREFUSED) return "refused";
  if (errno === ERRNO.ENOENT) return "missing";
  // Somebody listens, and is slow to accept.
  return errno === ERRNO.EAGAIN ? "answers" : "unknown";
}

/** struct sockaddr_un; macOS puts its length before a family of one byte. */
function socketAddress(path: string): Uint8Array | null {
  const name = new TextEncoder().encode(path);
  if (name.byteLength >= PATH_BYTES) return null;
  const address = new Uint8Array(2 + PATH_BYTES);
  if (IS_DARWIN) address.set([address.byteLength, AF_UNIX]);
  else new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  return address;
}
