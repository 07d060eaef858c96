// The place of the daemon's socket (storage contract): one that a dead daemon left is replaced, and
// anything else there is refused, another user's socket too. Told also to who only looks.

import { IapeerError } from "../core/error.ts";
import type { Host } from "../ports/host.ts";
import { objection } from "./storage/own-file.ts";
import { unfitRoot } from "./storage/root.ts";

/** Null: a daemon can listen there, as far as a look tells. */
export function socketInTheWay(host: Host): IapeerError | null {
  const path = host.layout.daemonSocket;
  const there = host.files.stat(path);
  const why = objection(host, there) ?? (there.state === "ok" ? kindOf(there.kind) : null);
  return why === null ? null : cannotListen(path, why);
}

/** Why no daemon can be started here, whoever starts it; null: one can. */
export const unfitForDaemon = (host: Host): IapeerError | null =>
  unfitRoot(host) ?? socketInTheWay(host);

function kindOf(kind: string): string | null {
  if (kind === "socket") return null;
  return kind === "other" ? "it is no socket" : `it is a ${kind}`;
}

export const cannotListen = (path: string, why: string): IapeerError =>
  new IapeerError({
    code: "socket-path",
    what: `cannot listen on ${path}`,
    why,
    next: "move it away, then start the daemon again",
  });
