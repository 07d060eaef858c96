// What is known of an identity's present or latest life, read from its records and the process
// table. Costs no child process.

import { readEnd, readStart, type GenerationRef } from "./records.ts";
import type { EndRecord, StartRecord } from "../../core/generation.ts";
import type { IdentityDoc } from "../../core/identity-doc.ts";
import type { Liveness } from "../../core/states.ts";
import type { Host } from "../../ports/host.ts";

export interface Life {
  readonly ref: GenerationRef;
  /** Null: the launcher died before it wrote one, or it cannot be read. */
  readonly start: StartRecord | null;
  readonly end: EndRecord | null;
  readonly server: Liveness;
  readonly pane: Liveness;
}

/** Null before the first launch. */
export function readLife(host: Host, doc: IdentityDoc): Life | null {
  if (doc.generation === null) return null;
  const ref = { identity: doc.identity, generation: doc.generation };
  return lifeOf(host, ref, readStart(host, ref));
}

export function lifeOf(host: Host, ref: GenerationRef, start: StartRecord | null): Life {
  const server = livenessOf(host, start, "server");
  const pane = livenessOf(host, start, "pane");
  const end = readEnd(host, ref);
  // A record that says nothing, or may be there, must not be what ends a living server.
  const unsure = end.state === "failed" || (end.state === "corrupt" && server !== "dead");
  return {
    ref,
    start,
    end: end.state === "recorded" ? end.end : end.state === "corrupt" ? lostEnd(ref) : null,
    server: unsure ? "unknown" : server,
    pane,
  };
}

/** A process that was never recorded was never seen alive; another boot's is certainly dead. */
export function livenessOf(
  host: Host,
  start: StartRecord | null,
  part: "server" | "pane",
): Liveness {
  const process = start?.[part];
  if (start === null || process === undefined) return "dead";
  if (start.bootId !== host.processes.bootId()) return "dead";
  return host.processes.liveness(process);
}

/** Stands in for a record that can no longer be read: that life is over, nothing else is known. */
function lostEnd(ref: GenerationRef): EndRecord {
  return {
    version: 1,
    ev: "server-exit",
    ...ref,
    ts: "1970-01-01T00:00:00.000Z",
    by: "daemon",
    cause: "unwitnessed",
    verdict: { oom: "unknown", ours: false, confidence: "unknown" },
  };
}

/** Up and usable: unknown is not up, and is not gone either. */
export const isUp = (life: Life | null): life is Life & { start: StartRecord } =>
  life !== null &&
  life.start !== null &&
  life.end === null &&
  life.server === "alive" &&
  life.pane === "alive";
