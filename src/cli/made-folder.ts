// A folder that a verb has made, for the person who named it: it may be a mistyped one.

import { dirname } from "node:path";
import type { Host } from "../ports/host.ts";

/** Before it is made: null when it is there, else what is said once it is. */
export function folderToMake({ files }: Host, folder: string): string | null {
  const isMissing = (path: string) => files.statTarget(path).state === "missing";
  if (!isMissing(folder)) return null;
  let first = folder;
  while (isMissing(dirname(first))) first = dirname(first);
  return `made the folder ${folder}${first === folder ? "" : `, and all from ${first} on`}`;
}
