// Lines of exits.log that their writers did not live to write (lifecycle §5): whoever wins the
// link of an end record appends its line, and when it died in between, the daemon does.

import type { Context, Unlined } from "./context.ts";
import type { EndRecord } from "../core/generation.ts";
import { endLogEvent } from "../formats/end-record.ts";
import { parseInstant } from "../formats/instant.ts";
import { logParts } from "../flows/log-parts.ts";
import { canaryProcess } from "../flows/session/canary.ts";
import { readEnd, type GenerationRef } from "../flows/session/records.ts";
import type { Host } from "../ports/host.ts";

/** Some three thousand lines. */
const TAIL_BYTES = 1024 * 1024;

/** What is read of the log and its rotated parts before a line counts as missing. */
const SEARCH_BYTES = 4 * TAIL_BYTES;
const PARTS_MAX = 100;

/** A witness that lives may be kept from writing for so long, by a disk that others write to. */
const LINE_WAIT_MS = 5000;

/** A line is written up to so long after its instant, so that another's may come before it. */
const OUT_OF_ORDER_MS = 60_000;

/** While the log cannot be written, so many are kept in mind; the records themselves stay. */
const UNLINED_MAX = 20_000;

/** This life has ended: its line is looked for at a later tick. */
export function expectLine({ host, unlined }: Context, ref: GenerationRef): void {
  unlined.set(ref.generation, { ref, sinceMono: host.clock.mono() });
  const [oldest] = unlined.keys();
  if (unlined.size > UNLINED_MAX && oldest !== undefined) unlined.delete(oldest);
}

/**
 * Its record is about to go; a line that its writer did not live to write is written from this: now
 * where that writer is certainly gone, since nobody would know of it after our own end.
 */
export function keepUnlined(context: Context, ref: GenerationRef): void {
  const { host, unlined } = context;
  const expected = unlined.get(ref.generation);
  const found = expected === undefined ? null : readEnd(host, ref);
  if (expected === undefined || found?.state !== "recorded") return;
  const kept = { ...expected, end: found.end };
  unlined.set(ref.generation, kept);
  if (isWriterGone(host, ref, found.end)) writeLine(context, kept);
}

/** A daemon writes both at once, so that it was an earlier one. */
function isWriterGone(host: Host, ref: GenerationRef, { by }: EndRecord): boolean {
  if (by === "daemon") return true;
  const canary = by === "canary" ? canaryProcess(host, ref) : null;
  return canary !== null && host.processes.liveness(canary) === "dead";
}

/** One that is known, or is written by then, is expected no more. */
function writeLine({ host, unlined }: Context, kept: Unlined): void {
  const known = readLines(host, { bytesMax: SEARCH_BYTES, partsMax: PARTS_MAX });
  if (known === null) return;
  const { generation } = kept.ref;
  const isThere = known.generations.has(generation);
  const isAdded = !isThere && addLine(host, kept, known.knownFromWall);
  if (!isAdded || host.log.trouble() === null) unlined.delete(generation);
}

/** Whoever goes now is the last to know of them. */
export function writeKeptLines({ host, unlined }: Context): void {
  const kept = [...unlined.values()].filter(({ end }) => end !== undefined);
  if (kept.length === 0) return;
  const known = readLines(host, { bytesMax: SEARCH_BYTES, partsMax: PARTS_MAX });
  for (const { ref, end } of kept) {
    if (end === undefined || known?.generations.has(ref.generation) !== false) continue;
    host.log.write("exits", endLogEvent(end));
  }
}

/** One read of the log, and only when some end is not known to have its line. */
export function writeMissingLines(context: Context): void {
  const { host, unlined } = context;
  if (unlined.size === 0) return;
  const log = readLines(host, { bytesMax: TAIL_BYTES, partsMax: 1 });
  if (log === null) return;
  let further: Lines | null = null;
  let added = 0;
  const oldEnough = host.clock.mono() - Math.max(host.config.witnessGraceMs, LINE_WAIT_MS);
  for (const [generation, expected] of unlined) {
    // It takes no more at present: the others wait for the next tick.
    if (added > 0 && host.log.trouble() !== null) return;
    if (log.generations.has(generation)) unlined.delete(generation);
    else if (expected.sinceMono <= oldEnough) {
      // It may have been written into a part that has been rotated since.
      further ??= readLines(host, { bytesMax: SEARCH_BYTES, partsMax: PARTS_MAX });
      if (further === null) return;
      const isThere = further.generations.has(generation);
      if (!isThere && addLine(host, expected, further.knownFromWall)) added += 1;
      else unlined.delete(generation);
    }
  }
}

/** False when there is nothing to add. Otherwise it is looked for again: the disk may be full. */
function addLine(host: Host, { ref, end }: Unlined, knownFromWall: number): boolean {
  const found = end === undefined ? readEnd(host, ref) : ({ state: "recorded", end } as const);
  if (found.state === "failed") return true;
  if (found.state !== "recorded") return false;
  // Older than what was read: its line has been dropped, or lies further back.
  if ((parseInstant(found.end.ts) ?? 0) < knownFromWall) return false;
  host.log.write("exits", endLogEvent(found.end));
  return true;
}

interface Lines {
  readonly generations: ReadonlySet<string>;
  /** Every line of an end since then is among them. */
  readonly knownFromWall: number;
}

interface Search {
  readonly bytesMax: number;
  /** Of the log and its rotated parts. */
  readonly partsMax: number;
}

/** Null: the log cannot be read. */
function readLines({ files, layout }: Host, { bytesMax, partsMax }: Search): Lines | null {
  const { exitsLog } = layout;
  const generations = new Set<string>();
  let oldest: string | undefined;
  let isRotated = false;
  let [leftBytes, leftParts] = [bytesMax, partsMax];
  for (const part of logParts(files, exitsLog, (path) => files.readTail(path, leftBytes))) {
    const { path, read } = part;
    if (read.state === "failed" && path === exitsLog) return null;
    if (read.state !== "ok") break;
    // A tail may begin within a character, which is then left out of it.
    const isCut = Buffer.byteLength(read.text) > leftBytes - 4;
    const whole = isCut ? read.text.slice(read.text.indexOf("\n") + 1) : read.text;
    for (const [, id = ""] of whole.matchAll(/ generation=(\S+)/g)) generations.add(id);
    oldest = /^ts=(\S+)/.exec(whole)?.[1] ?? oldest;
    isRotated ||= path !== exitsLog || isCut;
    leftBytes = isCut ? 0 : leftBytes - Buffer.byteLength(read.text);
    leftParts -= 1;
    if (leftBytes <= 0 || leftParts <= 0) break;
  }
  const oldestWall = parseInstant(oldest ?? "") ?? Number.POSITIVE_INFINITY;
  return { generations, knownFromWall: isRotated ? oldestWall + OUT_OF_ORDER_MS : EVER };
}

/** Where there is nothing else. */
const EVER = Number.NEGATIVE_INFINITY;
