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

/** In a document: where a person is told what to do, or what it was that was done. */
const SENTENCES: ReadonlySet<string> = new Set([
  "next",
  "hint",
  "first",
  "detail",
  "delivery_next",
]);
/** What was recorded at another time, or is a peer's own, stays as it is. */
const RECORDED: ReadonlySet<string> = new Set(["doc", "decisions", "daemon", "memory"]);

/** The document with its sentences for that root; the same values otherwise. */
export function documentForRoot(document: unknown, asked: string | undefined): unknown {
  if (asked === undefined || typeof document !== "object" || document === null) return document;
  if (Array.isArray(document)) return document.map((item) => documentForRoot(item, asked));
  const fields = Object.entries(document).map(([key, value]: [string, unknown]) => {
    if (RECORDED.has(key)) return [key, value];
    const isSaid = typeof value === "string" && SENTENCES.has(key);
    return [key, isSaid ? forRoot(value, asked) : documentForRoot(value, asked)];
  });
  return Object.fromEntries(fields);
}

/** A word as a shell takes it. */
export const quoted = shellWord;
