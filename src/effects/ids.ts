// Ids: the one home of randomness (ports/ids.ts).

import { renderGenerationId } from "../formats/generation-id.ts";
import type { Ids } from "../ports/ids.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const SUFFIX_LENGTH = 4;
const SHORT_BYTES = 4;

export function createIds(): Ids {
  return {
    generation: (now) => renderGenerationId(now, suffix()),
    short: () => randomBytes(SHORT_BYTES).toHex(),
  };
}

/** Of the global crypto: loading node:crypto takes longer than a short verb's own work. */
const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

/** Bytes above the last whole multiple of the alphabet would favour its beginning. */
const FAIR = 256 - (256 % LETTERS.length);

function suffix(): string {
  let text = "";
  while (text.length < SUFFIX_LENGTH) {
    const [byte = 255] = randomBytes(1);
    if (byte < FAIR) text += LETTERS.charAt(byte % LETTERS.length);
  }
  return text;
}
