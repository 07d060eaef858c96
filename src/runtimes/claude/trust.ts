// Trust in a peer's folder, in claude's own settings. Only a file that is there and understood
// is touched; otherwise the question is answered on the screen at the first launch.

import type { Files } from "../../ports/files.ts";
import { setTrue } from "./json-edit.ts";

const TRUST = "hasTrustDialogAccepted";
const NOTHING = { warnings: [] };

export function trustFolder(
  files: Files,
  path: string,
  cwd: string,
): { readonly warnings: readonly string[] } {
  const stat = files.stat(path);
  // A rename would replace a symlink that a person has put there.
  if (stat.state !== "ok" || stat.kind !== "file") return NOTHING;
  const read = files.read(path);
  if (read.state !== "ok") return NOTHING;
  const text = setTrue(read.text, ["projects", cwd, TRUST]);
  if (text === null || text === read.text) return NOTHING;
  const written = files.writeAtomic(path, text, { mode: stat.mode });
  if (written.state === "ok") return NOTHING;
  return { warnings: [`the folder is not marked as trusted in ${path}: ${written.detail}`] };
}
