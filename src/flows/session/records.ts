// A generation's records on disk (lifecycle §5): start.json is completed in steps, end.json
// appears once, and whoever puts it there writes its line to exits.log.

import type { GenerationPaths } from "../../core/layout.ts";
import type { EndRecord, StartRecord } from "../../core/generation.ts";
import type { GenerationId, Identity } from "../../core/names.ts";
import { gone, isOtherBoot, type ProcessRef } from "../../core/process-ref.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { endLogEvent, parseEndRecord, renderEndRecord } from "../../formats/end-record.ts";
import { parseGenerationId } from "../../formats/generation-id.ts";
import { isNotedServer, parsePids, type NotedPids } from "../../formats/pids.ts";
import { parseStartRecord, renderStartRecord } from "../../formats/start-record.ts";
import type { WriteOutcome } from "../../ports/files.ts";
import type { Host } from "../../ports/host.ts";
import { splitIdentity } from "../../rules/names.ts";
import { listNames } from "../storage/list-names.ts";

/** Names one life of one session. */
export interface GenerationRef {
  readonly identity: Identity;
  readonly generation: GenerationId;
}

export const pathsOf = (host: Host, ref: GenerationRef): GenerationPaths =>
  host.layout.generation(ref.identity, ref.generation);

/** Something is there that cannot be read: nobody knows whether that life ever began. */
export function isStartUnreadable(host: Host, ref: GenerationRef): boolean {
  return host.files.read(pathsOf(host, ref).start).state === "failed";
}

/**
 * Null: no record, or one that does not parse (nothing can be said about that life). What its
 * launcher did not live to add is taken from the session's own note. A renamed peer's says who
 * it was then: the answer says who has it now, under whom its end is recorded.
 */
export function readStart(host: Host, ref: GenerationRef): StartRecord | null {
  const stored = borneBy(ref, readStoredStart(host, ref));
  if (stored === null || stored.server !== undefined) return stored;
  // Another boot's pids may be anybody's by now, who may have started as early.
  if (isOtherBoot(stored.bootId, host.processes.bootId())) return stored;
  return { ...stored, ...readPids(host, ref) };
}

function borneBy({ identity }: GenerationRef, start: StartRecord | null): StartRecord | null {
  if (start === null || start.identity === identity) return start;
  const personality = splitIdentity(identity)?.personality ?? start.personality;
  return { ...start, identity, personality };
}

/** As it is on disk. */
export function readStoredStart(host: Host, ref: GenerationRef): StartRecord | null {
  const read = host.files.read(pathsOf(host, ref).start);
  if (read.state !== "ok") return null;
  const parsed = parseStartRecord(read.text);
  return parsed.ok ? parsed.value : null;
}

/** What the session itself noted; null: nothing, not yet, or it cannot be told. */
export function readPids(
  host: Host,
  ref: GenerationRef,
): Required<Pick<StartRecord, "server" | "pane">> | null {
  const noted = readNote(host, ref);
  const server = noted === null ? null : serverOf(host, noted);
  return noted === null || server === null ? null : { server, pane: noted.pane };
}

/** Who writes its log, by the same note; null: it does not say. */
export function readLogWriter(host: Host, ref: GenerationRef): number | null {
  return readNote(host, ref)?.writerPid ?? null;
}

function readNote(host: Host, ref: GenerationRef): NotedPids | null {
  const read = host.files.read(pathsOf(host, ref).pids);
  return read.state === "ok" ? parsePids(read.text) : null;
}

/** Null: it cannot be told. */
function serverOf(host: Host, noted: NotedPids): ProcessRef | null {
  const found = host.processes.identify(noted.serverPid);
  if (found === "unknown") return null;
  const isServer = found !== null && isNotedServer(found, noted);
  return isServer ? found : gone(noted.serverPid);
}

export function writeStart(host: Host, start: StartRecord): WriteOutcome {
  return host.files.writeAtomic(pathsOf(host, start).start, renderStartRecord(start));
}

/** `corrupt`: a record is there but says nothing; `failed`: nobody knows whether one is. */
export type EndOutcome =
  | { readonly state: "recorded"; readonly end: EndRecord }
  | { readonly state: "none" }
  | { readonly state: "corrupt" | "failed"; readonly detail: string };

export function readEnd(host: Host, ref: GenerationRef): EndOutcome {
  const path = pathsOf(host, ref).end;
  // Asked of every living peer, of whom there is none: a look costs less than a failed opening.
  if (host.files.stat(path).state === "missing") return { state: "none" };
  const read = host.files.read(path);
  if (read.state === "missing") return { state: "none" };
  if (read.state === "failed") return { state: "failed", detail: read.detail };
  const parsed = parseEndRecord(read.text);
  return parsed.ok
    ? { state: "recorded", end: parsed.value }
    : { state: "corrupt", detail: parsed.error };
}

/** Of a life of which there is something to record yet, whatever has become of its folder. */
export function keepFolder(host: Host, ref: GenerationRef): void {
  const { dir } = pathsOf(host, ref);
  if (host.files.stat(dir).state === "missing") host.files.makeFolder(dir);
}

/** `first`: this record counts. `exists`: another was first, and ours was dropped. */
export function recordEnd(host: Host, end: EndRecord): Result<"first" | "exists"> {
  const linked = host.files.linkNew(pathsOf(host, end).end, renderEndRecord(end));
  if (linked.state === "failed") return err(linked.detail);
  if (linked.state === "exists") return ok("exists");
  host.log.write("exits", endLogEvent(end));
  return ok("first");
}

/** Generation ids of an identity, oldest first; names that are not ids are passed over. */
export function listGenerations(host: Host, identity: Identity): readonly GenerationId[] {
  const names = listNames(host, host.layout.sessionDir(identity));
  return names.flatMap((name) => parseGenerationId(name)?.id ?? []);
}
