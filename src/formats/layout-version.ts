// `state/iapeer/layout.json`: the version of the folder layout (storage contract), so that an
// older root is migrated forward and a newer one refused.

import { err, ok, type Result } from "../core/result.ts";

export function parseLayoutVersion(text: string): Result<number> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err("it is not JSON");
  }
  const version =
    typeof value === "object" && value !== null && "version" in value ? value.version : undefined;
  if (typeof version === "number" && Number.isSafeInteger(version) && version >= 1) {
    return ok(version);
  }
  return err("it has no version, a whole number from 1");
}

export const renderLayoutVersion = (version: number): string =>
  `${JSON.stringify({ version })}\n`;
