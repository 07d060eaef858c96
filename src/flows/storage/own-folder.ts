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
  if (made.state === "ok") return ok(undefined);
  // Nothing is there that could be moved: it is the folder above that does not let it be made.
  const next = stat.state === "missing" ? "put the folder above it right" : OUT_OF_THE_WAY;
  return err(refusal(path, made.detail, next));
}

const OUT_OF_THE_WAY = "move what is there out of the way";

function refusal(path: string, why: string, next = OUT_OF_THE_WAY): IapeerError {
  return new IapeerError({
    code: "folder-refused",
    what: `cannot use the folder ${path}`,
    why,
    next: `${next}, or choose another root with --root`,
  });
}
