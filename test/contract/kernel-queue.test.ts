// What is taken from a kernel's queue is nobody else's to tell (src/effects/death-watch).

import { expect, test } from "bun:test";
import { EVENTS_AT_ONCE, takeTokens } from "../../src/effects/death-watch/kernel-queue.ts";
import { openQueue } from "./queues.ts";

const LAYOUT = { eventBytes: 12, tokenOffset: 4 };

/** Each call has the next of these numbers of events, whose tokens count up from `first`. */
function queueOf(counts: readonly number[], first = 1): (buffer: Uint8Array) => number {
  let token = first;
  let calls = 0;
  return (buffer) => {
    const count = counts[calls] ?? 0;
    calls += 1;
    const view = new DataView(buffer.buffer);
    for (let index = 0; index < count; index += 1) {
      view.setUint32(index * LAYOUT.eventBytes + LAYOUT.tokenOffset, token, true);
      token += 1;
    }
    return count;
  };
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test("is asked again until it has no more", () => {
  expect(takeTokens(LAYOUT, queueOf([]))).toEqual({ tokens: [], isAll: true });
  const more = [EVENTS_AT_ONCE, EVENTS_AT_ONCE, 3];
  const tokens = upTo(2 * EVENTS_AT_ONCE + 3);
  expect(takeTokens(LAYOUT, queueOf(more))).toEqual({ tokens, isAll: true });
});

test("that fails has not told of all, and what it had told before is not lost", () => {
  expect(takeTokens(LAYOUT, queueOf([-1]))).toEqual({ tokens: [], isAll: false });
  const tokens = upTo(EVENTS_AT_ONCE);
  expect(takeTokens(LAYOUT, queueOf([EVENTS_AT_ONCE, -1]))).toEqual({ tokens, isAll: false });
});

test("the word that ends the Worker is left out", () => {
  expect(takeTokens(LAYOUT, queueOf([3], 0))).toEqual({ tokens: [1, 2], isAll: true });
});

test("that has no end is left, and has not told of all", () => {
  const endless = queueOf(Array.from({ length: 5000 }, () => EVENTS_AT_ONCE));
  expect(takeTokens(LAYOUT, endless).isAll).toBe(false);
});

test("pidfds: nobody is told from a refusal, which says nothing of who is alive", () => {
  const queue = openQueue();
  if (queue === null) return;
  expect(queue.add(0x3fff_fff0, 1)).toEqual({ state: "dead" });
  expect(queue.add(-1, 2)).toEqual({ state: "refused" });
  queue.close();
  expect(queue.add(process.pid, 3)).toEqual({ state: "refused" });
});
