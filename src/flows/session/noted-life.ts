// A life by the session's own note of its pids (lifecycle §5), where no record has them and nobody
// answers on its socket, as after the socket's file was deleted.

import { pathsOf, readPids, type GenerationRef } from "./records.ts";
import type { FoundServer } from "./find-server.ts";
import type { Host } from "../../ports/host.ts";

/**
 * Null: it does not tell of a life. Whose boot the note is of is not known here: that the pane's
 * process runs, by pid and start, and is that server's child, is more than a boot brings again.
 */
export function notedLife(host: Host, ref: GenerationRef): FoundServer | "unknown" | null {
  if (host.files.read(pathsOf(host, ref).pids).state === "failed") return "unknown";
  const noted = readPids(host, ref);
  if (noted === null) return null;
  const { server, pane } = noted;
  const { processes } = host;
  const parts = [processes.liveness(pane), processes.liveness(server)];
  if (parts.includes("dead")) return null;
  if (parts.includes("unknown")) return "unknown";
  return processes.parent(pane) === server.pid ? noted : null;
}
