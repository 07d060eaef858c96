// The patterns of the names in lifecycle §1 and §5, as checks on the fields of a document.

import type { GenerationId, Identity, Personality, RuntimeName } from "../core/names.ts";
import { type Check, pattern } from "./fields.ts";
import { parseGenerationId } from "./generation-id.ts";
import { parseInstant } from "./instant.ts";

export const PERSONALITY: Check<Personality> = pattern(/^[a-z][a-z0-9-]{0,31}$/);
export const RUNTIME: Check<RuntimeName> = pattern(/^[a-z][a-z0-9]{0,31}$/);
export const IDENTITY: Check<Identity> = pattern(/^[a-z][a-z0-9]{0,31}-[a-z][a-z0-9-]{0,31}$/);

export const GENERATION: Check<GenerationId> = {
  form: "a generation id such as 20260131T235959007Z-ab12",
  accepts: (text): text is GenerationId => parseGenerationId(text) !== null,
};

export const INSTANT: Check<string> = {
  form: "an RFC 3339 instant",
  accepts: (text): text is string => parseInstant(text) !== null,
};

export const FILLED_TEXT: Check<string> = {
  form: "text that is not empty and holds no NUL",
  accepts: (text): text is string => text !== "" && !text.includes("\0"),
};

export const NUL_FREE: Check<string> = {
  form: "text without NUL",
  accepts: (text): text is string => !text.includes("\0"),
};

export const ABSOLUTE_PATH: Check<string> = {
  form: "an absolute path without NUL",
  accepts: (text): text is string => text.startsWith("/") && !text.includes("\0"),
};
