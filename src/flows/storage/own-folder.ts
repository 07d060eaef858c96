// Folders that the core works in: mode 0700, ours, and not a symlink (lifecycle §7, storage).

import { IapeerError } from "../../core/error.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { objection } from "./own-file.ts";

export const PRIVATE_MODE = 0o700;

/** Makes the folder, or tightens its mode; refuses one that is not ours or not a folder. */
export function ensureOwnFolder(host: Host, path: string): Result<void, IapeerError> {
  const stat = host.files.stat(path);
  const against = objection(host, stat);
  if (against !== null) return err(refusal(path, against));
  if (stat.state === "ok") {
    if (stat.kind !== "folder") return err(refusal(path, "it is not a folder"));
    if (stat.mode === PRIVATE_MODE) return ok(undefined);
  }
  const made = host.files.makeFolder(path, PRIVATE_MODE, true);
  return made.state === "ok" ? ok(undefined) : err(refusal(path, made.detail));
}

function refusal(path: string, why: string): IapeerError {
  return new IapeerError({
    code: "folder-refused",
    what: `cannot use the folder ${path}`,
    why,
    next: "move what is there out of the way, or choose another root with --root",
  });
}
