// Text from one peer as another may safely see it (messaging contract): no character presses a
// key, moves a cursor, ends a paste or hides what is written.

/** Alone or in runs, these end a line somewhere; a carriage return would press Enter. */
const LINE_ENDS = /\r\n|[\r\u0085\u2028\u2029]/g;

/** All that is no text: controls but newline and tab, format characters, lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** Joiners and variation selectors: scripts and emoji need them, and they press nothing. */
const NEEDED = /\u200C|\u200D|[\uFE00-\uFE0F]/;

/** Controls are shown (`␛`), what is invisible is left out; newline and tab stay. */
export function visibleText(text: string): string {
  return text.replaceAll(LINE_ENDS, "\n").replaceAll(UNSEEN, (character) => {
    if (character === "\n" || character === "\t" || NEEDED.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "␡";
    const shown = code < 0xa0 || (code >= 0xd800 && code <= 0xdfff);
    return shown ? "\uFFFD" : "";
  });
}

/** The same on one line, with runs of blanks made one. */
export const visibleLine = (text: string): string =>
  visibleText(text).replaceAll(/\s+/g, " ").trim();
