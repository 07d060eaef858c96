// Lines of exits.log that their writers did not live to write (lifecycle §5): whoever wins the
// link of an end record appends its line, and when it died in between, the daemon does.

import type { Context } from "./context.ts";
import { endLogEvent } from "../formats/end-record.ts";
import { parseInstant } from "../formats/instant.ts";
import { readEnd, type GenerationRef } from "../flows/session/records.ts";
import type { Host } from "../ports/host.ts";

/** Some three thousand lines. */
const TAIL_BYTES = 1024 * 1024;

/** A witness that lives may be kept from writing for so long, by a disk that others write to. */
const LINE_WAIT_MS = 5000;

/** While the log cannot be written, so many are kept in mind; the records themselves stay. */
const UNLINED_MAX = 20_000;

/** This life has ended: its line is looked for at a later tick. */
export function expectLine({ host, unlined }: Context, ref: GenerationRef): void {
  unlined.set(ref.generation, { ref, sinceMono: host.clock.mono() });
  const [oldest] = unlined.keys();
  if (unlined.size > UNLINED_MAX && oldest !== undefined) unlined.delete(oldest);
}

/** One read of the log, and only when some end is not known to have its line. */
export function writeMissingLines(context: Context): void {
  const { host, unlined } = context;
  if (unlined.size === 0) return;
  const log = readTail(host);
  if (log === null) return;
  let added = 0;
  const oldEnough = host.clock.mono() - Math.max(host.config.witnessGraceMs, LINE_WAIT_MS);
  for (const [generation, { ref, sinceMono }] of unlined) {
    // It takes no more at present: the others wait for the next tick.
    if (added > 0 && host.log.trouble() !== null) return;
    if (log.generations.has(generation)) unlined.delete(generation);
    else if (sinceMono <= oldEnough) {
      if (addLine(host, ref, log.oldestWall)) added += 1;
      else unlined.delete(generation);
    }
  }
}

/** False when there is nothing to add. Otherwise it is looked for again: the disk may be full. */
function addLine(host: Host, ref: GenerationRef, oldestWall: number): boolean {
  const found = readEnd(host, ref);
  if (found.state === "failed") return true;
  if (found.state !== "recorded") return false;
  // Older than what was read of the log: its line has been rotated away, or lies further back.
  if ((parseInstant(found.end.ts) ?? 0) < oldestWall) return false;
  host.log.write("exits", endLogEvent(found.end));
  return true;
}

interface Tail {
  readonly generations: ReadonlySet<string>;
  /** Of the first whole line, where others came before it; nothing is known of those. */
  readonly oldestWall: number;
}

function readTail(host: Host): Tail | null {
  const read = host.files.readTail(host.layout.exitsLog, TAIL_BYTES);
  if (read.state === "failed") return null;
  const text = read.state === "ok" ? read.text : "";
  // A tail may begin within a character, which is then left out of it.
  const isCut = Buffer.byteLength(text) > TAIL_BYTES - 4;
  const whole = isCut ? text.slice(text.indexOf("\n") + 1) : text;
  const found = whole.matchAll(/ generation=(\S+)/g);
  const generations = new Set(Array.from(found, ([, generation = ""]) => generation));
  const rotated = host.files.stat(`${host.layout.exitsLog}.1`).state === "ok";
  const oldest = !isCut && !rotated ? null : /^ts=(\S+)/.exec(whole)?.[1];
  return { generations, oldestWall: parseInstant(oldest ?? "") ?? Number.NEGATIVE_INFINITY };
}
