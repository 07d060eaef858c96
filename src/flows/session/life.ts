// What is known of an identity's present or latest life, read from its records and the process
// table. Costs no child process.

import { mayLive } from "./hidden-life.ts";
import { readEnd, readStart, type EndOutcome, type GenerationRef } from "./records.ts";
import type { EndRecord, StartRecord } from "../../core/generation.ts";
import { isOtherBoot } from "../../core/process-ref.ts";
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

/** Null before the first launch. `known` is what is remembered of its start, if anything. */
export function readLife(
  host: Host,
  doc: IdentityDoc,
  known: StartRecord | null = null,
): Life | null {
  if (doc.generation === null) return null;
  const ref = { identity: doc.identity, generation: doc.generation };
  return lifeOf(host, ref, completed(ref, readStart(host, ref), known));
}

/**
 * A record that a full disk kept from being completed is completed from memory, and one that can
 * no longer be read is remembered: a living session is not over because a file is broken.
 */
export function completed(
  ref: GenerationRef,
  stored: StartRecord | null,
  known: StartRecord | null,
): StartRecord | null {
  if (known?.generation !== ref.generation) return stored;
  if (stored === null) return known;
  const { server, pane } = known;
  return {
    ...stored,
    ...(stored.server === undefined && server !== undefined ? { server } : {}),
    ...(stored.pane === undefined && pane !== undefined ? { pane } : {}),
  };
}

export function lifeOf(host: Host, ref: GenerationRef, start: StartRecord | null): Life {
  const found = readEnd(host, ref);
  const isHidden = start === null && found.state === "none" && mayLive(host, ref);
  const isAlive = start !== null && isAllAlive(host, start);
  const partOf = (part: "server" | "pane") => (isAlive ? "alive" : livenessOf(host, start, part));
  const server = isHidden ? "unknown" : partOf("server");
  // A record that says nothing, or may be there, must not be what ends a living server.
  const unsure = found.state === "failed" || (found.state === "corrupt" && server !== "dead");
  const end = endOf(ref, found);
  // An end on record without a server: the launch came to nothing.
  const over = end !== null && start?.server === undefined;
  return {
    ref,
    start,
    end,
    server: unsure ? "unknown" : over ? "dead" : server,
    pane: over ? "dead" : partOf("pane"),
  };
}

/** Of nearly every session, and told by one look. */
export const isAllAlive = (host: Host, { server, pane, bootId }: StartRecord): boolean =>
  server !== undefined &&
  pane !== undefined &&
  !isOtherBoot(bootId, host.processes.bootId()) &&
  host.processes.bothAlive(server, pane);

/** Another boot's pids, and even its start times, may be anybody's by now. */
export const isOfThisBoot = (host: Host, start: StartRecord): boolean =>
  !isOtherBoot(start.bootId, host.processes.bootId());

/**
 * Without a start record nothing was ever started, unless `mayLive` says otherwise. A part that
 * it does not name yet may be coming up, and is unknown until the launch is finished; another
 * boot's is certainly dead.
 */
export function livenessOf(
  host: Host,
  start: StartRecord | null,
  part: "server" | "pane",
): Liveness {
  if (start === null || !isOfThisBoot(host, start)) return "dead";
  const process = start[part];
  return process === undefined ? "unknown" : host.processes.liveness(process);
}

function endOf(ref: GenerationRef, found: EndOutcome): EndRecord | null {
  if (found.state === "recorded") return found.end;
  return found.state === "corrupt" ? lostEnd(ref) : null;
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
