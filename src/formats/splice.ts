// One change in a text, as what was taken out and what was put in its place; kept, so that it
// can be undone to the byte later, also when the text has changed elsewhere meanwhile.

import { Fields, parseJsonObject } from "./fields.ts";

export interface Splice {
  readonly at: number;
  readonly removed: string;
  readonly inserted: string;
  /** There was no file, and no folder for it. */
  readonly isNewFile: boolean;
  readonly isNewFolder: boolean;
}

type Change = Pick<Splice, "at" | "removed" | "inserted">;

/** The smallest change between two texts, by what they have in common at both ends. */
export function spliceOf(before: string, after: string): Change {
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && before[at] === after[at]) at += 1;
  let tail = 0;
  const room = shorter - at;
  while (tail < room && before[before.length - 1 - tail] === after[after.length - 1 - tail]) {
    tail += 1;
  }
  return {
    at,
    removed: before.slice(at, before.length - tail),
    inserted: after.slice(at, after.length - tail),
  };
}

/** Null when what was inserted is not where it was, nor in exactly one other place. */
export function undone(text: string, { at, removed, inserted }: Change): string | null {
  const isThere = text.slice(at, at + inserted.length) === inserted;
  const place = isThere ? at : onlyPlace(text, inserted);
  if (place === null) return null;
  return text.slice(0, place) + removed + text.slice(place + inserted.length);
}

/** A few letters may be anywhere by chance; a whole setting is not. */
const TELLING_LENGTH = 12;

function onlyPlace(text: string, inserted: string): number | null {
  if (inserted.length < TELLING_LENGTH) return null;
  const place = text.indexOf(inserted);
  return place !== -1 && text.indexOf(inserted, place + 1) === -1 ? place : null;
}

export const renderSplice = (splice: Splice): string =>
  `${JSON.stringify({ version: 1, ...splice })}\n`;

/** Null when it does not parse: then nothing is undone, only turned. */
export function parseSplice(text: string): Splice | null {
  const source = parseJsonObject(text);
  if (!source.ok) return null;
  const fields = new Fields(source.value);
  fields.version(1);
  const read = fields.done<Splice>({
    at: fields.whole("at"),
    removed: fields.text("removed"),
    inserted: fields.text("inserted"),
    isNewFile: fields.boolean("isNewFile"),
    isNewFolder: fields.boolean("isNewFolder"),
  });
  return read.ok ? read.value : null;
}
