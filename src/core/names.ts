// The names of lifecycle contract §1, as types. Checking and deriving them is in rules/names.ts.

import type { Brand } from "./brand.ts";

/** `^[a-z][a-z0-9-]{0,31}$`: a peer's name, derived from its folder's. */
export type Personality = Brand<string, "Personality">;

/** `^[a-z][a-z0-9]{0,31}$`: a way for a peer to be present. */
export type RuntimeName = Brand<string, "RuntimeName">;

/** `<runtime>-<personality>`: the address of one presence, and its tmux session's name. */
export type Identity = Brand<string, "Identity">;

/** One life of one session: `YYYYMMDDTHHMMSSmmmZ-xxxx`, so that names sort by time. */
export type GenerationId = Brand<string, "GenerationId">;

/** `artificial` (an agent), `natural` (a person) or `absent` (a program). */
export type Intelligence = "artificial" | "natural" | "absent";

/** Joins the two halves of an address; both are already checked. */
export const identityOf = (runtime: RuntimeName, personality: Personality): Identity =>
  `${runtime}-${personality}` as Identity;
