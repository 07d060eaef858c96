// Where the tmux server of an identity listens (lifecycle §7).

import { IapeerError } from "../../core/error.ts";
import type { Identity } from "../../core/names.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { SOCKET_PATH_MAX_BYTES, socketPath } from "../../rules/socket-path.ts";

export function socketFor(host: Host, identity: Identity): Result<string> {
  const hash = () => new Bun.CryptoHasher("sha256").update(identity).digest("hex").slice(0, 12);
  return socketPath(host.layout.runDir, identity, hash);
}

/** Somebody is behind it, by a look: costs one stat where nothing is there. */
export function isAnswering(host: Host, identity: Identity): boolean {
  const socket = socketFor(host, identity);
  if (!socket.ok || host.files.stat(socket.value).state !== "ok") return false;
  return host.tmux.probe(socket.value) === "answers";
}

/** Said before a root or a peer is made, instead of at its first launch. */
export function checkSocket(host: Host, identity: Identity): Result<void, IapeerError> {
  const socket = socketFor(host, identity);
  return socket.ok ? ok(undefined) : err(tooLong(host));
}

/** Whether a root has room for every peer's socket, whatever its name. */
export const checkSockets = (host: Host): Result<void, IapeerError> =>
  checkSocket(host, LONGEST as Identity);

const LONGEST = `${"r".repeat(32)}-${"p".repeat(32)}`;

const tooLong = ({ layout: { root } }: Host): IapeerError =>
  new IapeerError({
    code: "socket-path",
    what: `the path of the root is too long for the sockets of sessions: ${root}`,
    why: `a socket's path may have ${SOCKET_PATH_MAX_BYTES} bytes`,
    next: "choose a shorter one with --root or IAPEER_ROOT",
    exit: 2,
  });
