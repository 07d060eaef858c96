// TOML by the runtime's own parser, independent of whoever edits the text.

import { asObject, type JsonObject } from "../json-lines.ts";

/** Null when it is not TOML. */
export function parseToml(text: string): JsonObject | null {
  try {
    return asObject(Bun.TOML.parse(text));
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
