// A bug of our own: told in the log with where it came from, and never the end of the daemon.

import type { Identity } from "../core/names.ts";
import type { Host } from "../ports/host.ts";

type Where = { readonly identity: Identity } | { readonly about: "adoption" | "api" | "tick" };

/** What went wrong about one identity is among its events. */
export function noteBug({ log }: Host, where: Where, error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const of = "identity" in where ? { identity: where.identity } : where;
  log.write("lifecycle", { ev: "bug", fields: { ...of, detail } });
}
