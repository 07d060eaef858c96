// The names in a folder, for whom one that is missing, or cannot be listed, holds none.

import type { Host } from "../../ports/host.ts";

export function listNames({ files }: Pick<Host, "files">, dir: string): readonly string[] {
  const listed = files.list(dir);
  return listed.state === "ok" ? listed.names : [];
}
