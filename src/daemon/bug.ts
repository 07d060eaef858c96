// A bug of our own: told in the log with where it came from, and never the end of the daemon.

import type { Host } from "../ports/host.ts";

export function noteBug({ log }: Host, about: string, error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.write("lifecycle", { ev: "bug", fields: { about, detail } });
}
