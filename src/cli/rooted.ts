// A next step is for the root that the command before it was about: what a sentence tells a person
// to type gets the same --root. Pure.

import { shellWord } from "../formats/sh-quote.ts";
import { VERBS } from "./tree.ts";

const WORDS = [...new Set(VERBS.map(({ name }) => name.split(" ")[0] ?? ""))];
/** `<runtime>` is a word of prose as often as a verb, and is left as it is. */
const COMMAND = new RegExp(`\\biapeer (?=(?:${WORDS.filter(isPlain).join("|")})\\b)`, "g");

function isPlain(word: string): boolean {
  return /^[a-z-]+$/.test(word);
}

/** `asked`: the value of --root as it was typed; undefined: the root is the usual one. */
export const forRoot = (text: string, asked: string | undefined): string =>
  asked === undefined || asked === ""
    ? text
    : text.replace(COMMAND, () => `iapeer --root ${quoted(asked)} `);

/** A word as a shell takes it. */
export const quoted = shellWord;
