// Text from names, descriptions, logs and screens is data: whatever a terminal would act on is
// shown instead of sent. Pure.

// C0, DEL, C1, the separators that break lines, and the marks that reorder or hide text.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** One line, safe on a terminal: control characters appear as `\n`, `\x1b`, `\u202e`. */
export const visible = (text: string): string => text.toWellFormed().replace(UNSAFE, escaped);

/** Like visible, but lines and tabs stay what they are. */
export const visibleLines = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll("\r\n", "\n")
    .replace(UNSAFE, (char) => (char === "\n" || char === "\t" ? char : escaped(char)));

function escaped(char: string): string {
  const short = SHORT[char];
  if (short !== undefined) return short;
  const code = char.codePointAt(0) ?? 0;
  return code < 256
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Columns that a text takes, wide characters counted as two. */
export const columnsOf = (text: string): number => Bun.stringWidth(text);

/** At most `columns` wide, ending in `…` when something was cut. */
export function clip(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns < 1) return "";
  let kept = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const width = columnsOf(segment);
    if (used + width > columns - 1) break;
    kept += segment;
    used += width;
  }
  return `${kept}…`;
}

// oxlint-disable-next-line no-control-regex
const HUE = /(\u001b\[\d+m)/;

/** The same of a line with colours in it, which take no columns, and stay. */
export function clipPainted(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line;
  let left = columns;
  const kept = line.split(HUE).map((part) => {
    if (HUE.test(part)) return part;
    const width = columnsOf(part);
    // More follows what just fits: the blank stands for it.
    const shown = width < left ? part : clip(`${part} `, left);
    left = Math.max(0, left - width);
    return shown;
  });
  return kept.join("");
}

/** `1 peer`, `3 peers`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;

export const pad = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - columnsOf(text)));
