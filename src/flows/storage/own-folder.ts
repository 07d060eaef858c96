// Folders that the core works in: mode 0700, ours, and not a symlink (lifecycle §7, storage).

import { dirname } from "node:path";
import { IapeerError } from "../../core/error.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { folderObjection } from "./own-file.ts";

export const PRIVATE_MODE = 0o700;

/** Makes the folder, or tightens its mode; refuses one that is not ours or not a folder. */
export function ensureOwnFolder(host: Host, path: string): Result<void, IapeerError> {
  const stat = host.files.stat(path);
  const against = inItsPlace(host, path);
  if (against !== null) return err(against);
  if (stat.state === "ok" && stat.mode === PRIVATE_MODE) return ok(undefined);
  const made = host.files.makeFolder(path, PRIVATE_MODE, true);
  if (made.state === "ok") return ok(undefined);
  // Nothing is there that could be moved: it is the folder above that does not let it be made.
  const next = stat.state === "missing" ? ABOVE : OUT_OF_THE_WAY;
  return err(refusal(path, made.detail, next));
}

/** Why what is there cannot be such a folder; null: it is one, or nothing is there. */
function inItsPlace(host: Host, path: string): IapeerError | null {
  const against = folderObjection(host, host.files.stat(path));
  return against === null ? null : refusal(path, against);
}

/** Told without making anything: also where no folder can be made, since a file is above it. */
export function folderRefusal(host: Host, path: string): IapeerError | null {
  const against = inItsPlace(host, path);
  if (against !== null || host.files.stat(path).state !== "missing") return against;
  let above = dirname(path);
  while (host.files.statTarget(above).state === "missing" && above !== dirname(above)) {
    above = dirname(above);
  }
  const stat = host.files.statTarget(above);
  if (stat.state !== "ok" || stat.kind === "folder") return null;
  return refusal(path, `${above} is not a folder`, ABOVE);
}

const ABOVE = "put the folder above it right";
const OUT_OF_THE_WAY = "move what is there out of the way";

function refusal(path: string, why: string, next = OUT_OF_THE_WAY): IapeerError {
  return new IapeerError({
    code: "folder-refused",
    what: `cannot use the folder ${path}`,
    why,
    next: `${next}, or choose another root with --root`,
  });
}
