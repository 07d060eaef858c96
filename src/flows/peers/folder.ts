// A peer's working folder: ours, a real folder, and nobody else's (lifecycle §1: one folder,
// one peer). It is made when missing, and never removed.

import { IapeerError } from "../../core/error.ts";
import { peerLayout } from "../../core/layout.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { folderObjection } from "../storage/own-file.ts";
import { ownFolders } from "../storage/root.ts";

/** What to do about a folder that cannot be used, for whoever can name another one. */
const BY_CWD = "give another folder with --cwd";

/** Makes the folder if it is missing; refuses one that cannot be a peer's. */
export function ensurePeerFolder(
  host: Host,
  cwd: string,
  next?: string,
): Result<void, IapeerError> {
  const usable = checkPeerFolder(host, cwd, next);
  if (!usable.ok || usable.value === "there") return usable.ok ? ok(undefined) : usable;
  const made = host.files.makeFolder(cwd, 0o700, true);
  return made.state === "ok" ? ok(undefined) : err(refused(cwd, made.detail, next));
}

/** Refuses a folder that cannot be a peer's, and makes none. */
export function checkPeerFolder(
  host: Host,
  cwd: string,
  next?: string,
): Result<"there" | "missing", IapeerError> {
  if (peerLayout(cwd).dir === host.layout.root || isOfState(host, cwd)) {
    return err(refused(cwd, "iapeer keeps its own state there", next));
  }
  const stat = host.files.stat(cwd);
  const against = folderObjection(host, stat);
  if (against !== null) return err(refused(cwd, against, next));
  return ok(stat.state === "ok" ? "there" : "missing");
}

/** The folder of peers holds theirs, and is itself none. */
function isOfState({ layout }: Host, cwd: string): boolean {
  const own = ownFolders(layout);
  const below = own.filter((folder) => folder !== layout.root && folder !== layout.peersDir);
  return own.includes(cwd) || below.some((folder) => cwd.startsWith(`${folder}/`));
}

export function refused(cwd: string, why: string, next = BY_CWD): IapeerError {
  return new IapeerError({
    code: "peer-folder-refused",
    what: `${cwd} cannot be a peer's folder`,
    why,
    next,
    exit: 2,
  });
}
