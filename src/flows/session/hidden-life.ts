// A life whose start record is not there, or says nothing, may go on all the same (lifecycle §2):
// whoever answers on its socket, or is named by its own note, is looked at before it counts as
// never started.

import { notedLife } from "./noted-life.ts";
import { pathsOf, type GenerationRef } from "./records.ts";
import { socketFor } from "./socket-for.ts";
import type { Host } from "../../ports/host.ts";

/** Asked of a life without a start record that can be used, and without an end. */
export function mayLive(host: Host, ref: GenerationRef): boolean {
  const { dir, start, tmuxConf } = pathsOf(host, ref);
  const read = host.files.read(start);
  if (read.state === "failed") return true;
  // Its launcher writes what the server reads before anything is started. A folder that is not
  // there at all has been taken away since.
  const isMissing = (path: string) => host.files.stat(path).state === "missing";
  if (read.state === "missing" && isMissing(tmuxConf) && !isMissing(dir)) return false;
  const socket = socketFor(host, ref.identity);
  if (!socket.ok) return false;
  const probed = host.tmux.probe(socket.value);
  return probed === "answers" || probed === "unknown" || notedLife(host, ref) !== null;
}
