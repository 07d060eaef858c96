// Ids: the one home of randomness (ports/ids.ts).

import { randomInt, randomBytes } from "node:crypto";

import { renderGenerationId } from "../formats/generation-id.ts";
import type { Ids } from "../ports/ids.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const SUFFIX_LENGTH = 4;
const SHORT_BYTES = 4;

export function createIds(): Ids {
  return {
    generation: (now) => renderGenerationId(now, suffix()),
    short: () => randomBytes(SHORT_BYTES).toString("hex"),
  };
}

function suffix(): string {
  let text = "";
  while (text.length < SUFFIX_LENGTH) text += LETTERS.charAt(randomInt(LETTERS.length));
  return text;
}
