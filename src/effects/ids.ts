// Ids: the one home of randomness (ports/ids.ts).

import type { WallMs } from "../core/brand.ts";
import type { GenerationId } from "../core/names.ts";
import { renderGenerationId } from "../formats/generation-id.ts";
import type { Ids } from "../ports/ids.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const SUFFIX_LENGTH = 4;
const SHORT_BYTES = 4;

/** Other processes name none but by the same chance: one in a million for the same millisecond. */
export function createIds(): Ids {
  let latest: WallMs | null = null;
  const taken = new Set<GenerationId>();
  return {
    generation(now) {
      if (now !== latest) taken.clear();
      latest = now;
      let id = renderGenerationId(now, suffix());
      while (taken.has(id)) id = renderGenerationId(now, suffix());
      taken.add(id);
      return id;
    },
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
