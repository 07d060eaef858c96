// `<peer folder>/.iapeer/peer-profile.json`, the truth about a peer (storage contract).
// Fields that this version does not know are kept as they are.

import type { Profile } from "../core/profile.ts";
import { ok, type Result } from "../core/result.ts";
import { Fields, isObject, parseJsonObject } from "./fields.ts";
import { isProfileKey, orderedProfile, readProfile } from "./profile-fields.ts";

export { DESCRIPTION_MAX, defaultIntelligence } from "./profile-fields.ts";

export interface ParsedProfile {
  readonly profile: Profile;
  /** Unknown fields; under `command`, the unknown fields of that object. */
  readonly extra: Record<string, unknown>;
}

export function parseProfile(text: string): Result<ParsedProfile> {
  const source = parseJsonObject(text);
  if (!source.ok) return source;
  const fields = new Fields(source.value);
  const profile = fields.done(readProfile(fields));
  return profile.ok ? ok({ profile: profile.value, extra: extraOf(source.value) }) : profile;
}

/** `fromEntries` defines properties, so a key such as `__proto__` stays mere data. */
function extraOf(source: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const extra = Object.entries(source).filter(([key]) => !isProfileKey(key));
  const command = source["command"];
  if (isObject(command)) {
    const rest = Object.entries(command).filter(([key]) => key !== "argv" && key !== "ready");
    if (rest.length > 0) extra.push(["command", Object.fromEntries(rest)]);
  }
  return Object.fromEntries(extra);
}

/** Known fields first and in a fixed order, then the unknown ones in theirs. */
export function renderProfile(
  profile: Profile,
  extra: Readonly<Record<string, unknown>> = {},
): string {
  const known = Object.entries(orderedProfile(profile)).map(([key, value]) => {
    const rest = extra[key];
    const merged = key === "command" && isObject(value) && isObject(rest);
    return [key, merged ? Object.fromEntries(bothOf(value, rest)) : value] as const;
  });
  const unknown = Object.entries(extra).filter(([key]) => !isProfileKey(key));
  return `${JSON.stringify(Object.fromEntries([...known, ...unknown]), null, 2)}\n`;
}

const bothOf = (first: object, second: object): [string, unknown][] => [
  ...Object.entries(first),
  ...Object.entries(second).filter(([key]) => !Object.hasOwn(first, key)),
];
