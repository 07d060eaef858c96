// One POSIX sh word from any text (lifecycle §7): paths and names are data, whatever they hold.

import { assert } from "../core/result.ts";

/**
 * The text in single quotes, which hold everything but a single quote. A NUL has no form in sh
 * nor in a path, so one here is a bug of the caller.
 */
export function quoteSh(text: string): string {
  assert(!text.includes("\0"), "a NUL cannot be part of a shell word");
  return text.includes("'") ? `'${text.replaceAll("'", String.raw`'\''`)}'` : `'${text}'`;
}

/** As a person would type it: quoted only where it has to be. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : quoteSh(text);

/** `name='value'` lines; the names are the caller's own. */
export function assignments(values: Readonly<Record<string, string | number>>): string {
  let lines = "";
  for (const name in values) lines += `${name}=${quoteSh(String(values[name]))}\n`;
  return lines;
}
