// What a child prints, bounded (ports/exec.ts): read to the end, so that it never blocks, kept up
// to a bound, and slowed down when it floods, so that neither memory nor our time goes with it.

import type { Readable } from "node:stream";

import type { Clock } from "../ports/clock.ts";

export interface OutputBound {
  readonly maxBytes: number;
  readonly keep: "first" | "last";
}

/** Dropped bytes are garbage that the collector does not hurry to take away. */
const FLOOD_STEP_BYTES = 1024 * 1024;
/** Its share of our time stays below a half: it waits this many times as long as it cost. */
const REST = 1;

export function collect(
  stream: Readable,
  bound: OutputBound,
  clock: Clock,
): { text: () => string } {
  const kept = bound.keep === "first" ? keepFirst(bound.maxBytes) : keepLast(bound.maxBytes);
  let sinceRest = 0;
  stream.on("data", (chunk: Buffer) => {
    kept.add(chunk);
    sinceRest += chunk.length;
    if (sinceRest < FLOOD_STEP_BYTES) return;
    sinceRest = 0;
    void rest(stream, clock);
  });
  return { text: () => kept.bytes().toString("utf8") };
}

async function rest(stream: Readable, clock: Clock): Promise<void> {
  stream.pause();
  const begun = clock.mono();
  Bun.gc(true);
  await clock.sleep(Math.max(1, REST * (clock.mono() - begun)));
  stream.resume();
}

interface Kept {
  add(chunk: Buffer): void;
  bytes(): Buffer;
}

function keepFirst(maxBytes: number): Kept {
  const parts: Buffer[] = [];
  let length = 0;
  return {
    add: (chunk) => {
      // A copy: a view would hold on to all of the chunk.
      const part = Buffer.from(chunk.subarray(0, maxBytes - length));
      length += part.length;
      if (part.length > 0) parts.push(part);
    },
    bytes: () => Buffer.concat(parts, length),
  };
}

function keepLast(maxBytes: number): Kept {
  let tail: Buffer = Buffer.alloc(0);
  let cut = false;
  return {
    add: (chunk) => {
      const all = tail.length + chunk.length;
      cut ||= all > maxBytes;
      if (chunk.length >= maxBytes) tail = Buffer.from(chunk.subarray(chunk.length - maxBytes));
      else tail = Buffer.concat([tail.subarray(Math.max(0, all - maxBytes)), chunk]);
    },
    bytes: () => (cut ? afterPartialCharacter(tail) : tail),
  };
}

/** A cut in the middle of a character leaves up to three bytes of it. */
function afterPartialCharacter(bytes: Buffer): Buffer {
  let at = 0;
  while (at < 3 && at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return bytes.subarray(at);
}
