// Names of generations, `YYYYMMDDTHHMMSSmmmZ-xxxx` (lifecycle §5): a listing sorts by time.

import type { WallMs } from "../core/brand.ts";
import type { GenerationId } from "../core/names.ts";
import { assert } from "../core/result.ts";
import { parseInstant, renderInstant } from "./instant.ts";

const FORM = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[a-z0-9]{4}$/;

/** `suffix`: four of `a-z0-9`, so that two launches in one millisecond differ. */
export function renderGenerationId(wall: WallMs, suffix: string): GenerationId {
  assert(/^[a-z0-9]{4}$/.test(suffix), "a generation's suffix is four of a-z0-9");
  return `${renderInstant(wall).replaceAll(/[-:.]/g, "")}-${suffix}` as GenerationId;
}

/** Null when the text is no generation's name, so that stray folders are left alone. */
export function parseGenerationId(text: string): { id: GenerationId; wall: WallMs } | null {
  const parts = FORM.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, ms] = parts;
  const wall = parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return wall === null ? null : { id: text as GenerationId, wall };
}
