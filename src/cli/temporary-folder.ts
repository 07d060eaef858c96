// Where a verb keeps what goes when it is done: in TMPDIR, unless no such folder is there, which
// would then have to be made, and would be left behind.

import { isAbsolute } from "node:path";
import type { Files } from "../ports/files.ts";

export const USUAL_TEMPORARY = "/tmp";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where it would be, for whoever has nothing yet to look with. */
export const namedTemporary = ({ TMPDIR: named = "" }: Environment): string =>
  isAbsolute(named) ? named.replace(/(?<!^)\/+$/, "") : USUAL_TEMPORARY;

export function temporaryFolder(files: Files, env: Environment): string {
  const named = namedTemporary(env);
  const found = files.statTarget(named);
  return found.state === "ok" && found.kind === "folder" ? named : USUAL_TEMPORARY;
}
