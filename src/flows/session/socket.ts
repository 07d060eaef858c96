// A free socket path before every launch (lifecycle §7): an old server on it is torn down and
// waited for by pid; a stranger's is never touched.

import { endLeftovers, teardown } from "./teardown.ts";
import { livenessOf } from "./life.ts";
import { readStart, type GenerationRef } from "./records.ts";
import { bareRecord } from "./bare-record.ts";
import { witnessOf } from "./witness-of.ts";
import type { StartRecord } from "../../core/generation.ts";
import type { GenerationId, Identity } from "../../core/names.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { parseGenerationId } from "../../formats/generation-id.ts";
import type { Host } from "../../ports/host.ts";

/** What tmux.conf stamps on every server that we start. */
export const STAMP = "#{@iapeer_generation} #{pid}";

export interface Blocked {
  readonly cause: "foreign-server" | "not-a-socket" | "unknown" | "survived";
  readonly detail: string;
}

/** Ends the last known generation if it still runs, then makes sure that the path is free. */
export async function freeSocket(
  host: Host,
  identity: Identity,
  last: { socket: string; start: StartRecord | null },
): Promise<Result<void, Blocked>> {
  const known = last.start?.server;
  if (last.start !== null && known !== undefined) {
    const liveness = livenessOf(host, last.start, "server");
    if (liveness === "unknown") {
      return err({ cause: "unknown", detail: `cannot tell whether pid ${known.pid} still runs` });
    }
    if (liveness === "alive") {
      const cleared = await preclean(host, last.start);
      if (!cleared.ok) return cleared;
    } else {
      const left = await endLeftovers(host, last.start);
      if (left !== "ended") return err(beside(left));
    }
  }
  return clearPath(host, identity, last.socket);
}

/** Two lives of one identity are never beside each other, not even the first one's leftovers. */
const beside = (left: "left" | "unknown"): Blocked =>
  left === "unknown"
    ? { cause: "unknown", detail: "cannot tell whether its last session's process still runs" }
    : { cause: "survived", detail: "its last session's process would not end" };

/**
 * A server that was killed seems to answer as long as a child of its own, which has yet to become
 * another program, holds its socket: so often it is looked whether that is over.
 */
const LOOKS_MAX = 3;

async function clearPath(
  host: Host,
  identity: Identity,
  socket: string,
): Promise<Result<void, Blocked>> {
  for (let looks = 1; ; looks += 1) {
    const cleared = await clearOnce(host, identity, socket);
    const isForeign = !cleared.ok && cleared.error.cause === "foreign-server";
    if (!isForeign || looks === LOOKS_MAX) return cleared;
    if (host.tmux.probe(socket) === "answers") return cleared;
  }
}

async function clearOnce(
  host: Host,
  identity: Identity,
  socket: string,
): Promise<Result<void, Blocked>> {
  switch (host.tmux.probe(socket)) {
    case "missing":
      return ok(undefined);
    case "refused":
      host.files.remove(socket);
      return ok(undefined);
    case "not-a-socket":
      return err({
        cause: "not-a-socket",
        detail: `${socket} is in the way and is not a socket`,
      });
    case "unknown":
      return err({ cause: "unknown", detail: `cannot tell what is behind ${socket}` });
    case "answers":
      return clearAnswering(host, identity, socket);
  }
}

async function clearAnswering(
  host: Host,
  identity: Identity,
  socket: string,
): Promise<Result<void, Blocked>> {
  const stamped = await readStamp(host, identity, socket);
  if (stamped === "unknown") {
    const why = "it does not answer in time, or runs in another container";
    const detail = `cannot tell whose server is behind ${socket}: ${why}`;
    return err({ cause: "unknown", detail });
  }
  const start =
    stamped === null ? null : (readStart(host, stamped.ref) ?? bareRecord(host, stamped.ref));
  const server = stamped === null ? null : host.processes.identify(stamped.serverPid);
  if (start === null || server === null || server === "unknown") {
    return err({
      cause: "foreign-server",
      detail: `a tmux server that is not ours answers on ${socket}`,
    });
  }
  return preclean(host, { ...start, server });
}

async function preclean(host: Host, start: StartRecord): Promise<Result<void, Blocked>> {
  const ended = await teardown(host, { start, reason: "preclean", by: witnessOf(host) });
  if (ended.state === "ended") return ok(undefined);
  return err({ cause: "survived", detail: `pids ${ended.pids.join(", ")} would not end` });
}

export interface Stamped {
  readonly ref: GenerationRef;
  readonly serverPid: number;
}

/**
 * Whose server answers on a socket: null when it carries no stamp of this identity's. Its pid is
 * its own word, and somebody else's here when it runs in another container, with this root.
 */
export async function readStamp(
  host: Host,
  identity: Identity,
  socket: string,
): Promise<Stamped | null | "unknown"> {
  const answer = await host.tmux.query(socket, identity, STAMP);
  if (answer.state === "unknown") return "unknown";
  if (answer.state === "no-server") return null;
  const [generation, pid] = answer.text.trim().split(" ");
  const id: GenerationId | undefined = parseGenerationId(generation ?? "")?.id;
  const serverPid = Number(pid);
  if (id === undefined || !Number.isSafeInteger(serverPid)) return null;
  const listener = host.tmux.listener(socket);
  if (listener !== null && listener !== serverPid) return "unknown";
  return { ref: { identity, generation: id }, serverPid };
}
