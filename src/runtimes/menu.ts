// Menus of terminal programs, read from the screen: which options there are and which one is
// highlighted. The order of options changes between versions, so an answer is found by its
// words, and Enter is pressed only once the wanted option is seen highlighted.

export interface Menu {
  readonly options: readonly string[];
  readonly selected: number;
  /** Row of the highlighted option. */
  readonly row: number;
}

/**
 * A question that is recognised by its text, and the option that answers it. The words of the
 * option must be the dialog's own: a question about a tool repeats what an agent wrote, and is
 * never answered because of it.
 */
export interface KnownDialog {
  readonly name: string;
  readonly shows: RegExp;
  readonly take: RegExp;
  /** Any option will do, when there is one like `take`: the highlighted one is accepted. */
  readonly accept?: true;
}

/** What is highlighted stands behind this glyph. */
export type Cursor = "❯" | "›" | ">";

/** The lowest menu on the screen; null when there is none of at least two options. */
export function parseMenu(rows: readonly string[], cursor: Cursor): Menu | null {
  const row = rows.findLastIndex((text) => text.trimStart().startsWith(`${cursor} `));
  const line = rows[row];
  if (line === undefined) return null;
  const column = labelColumn(line, cursor);
  const above = neighbours(rows, { from: row, step: -1, column }).toReversed();
  const below = neighbours(rows, { from: row, step: 1, column });
  const options = [...above, line.slice(column), ...below].map(labelOf);
  return options.length < 2 ? null : { options, selected: above.length, row };
}

/**
 * One key towards the wanted option, or Enter on it; null when it is not there. One key at a
 * time: the next look at the screen shows whether it was taken.
 */
export function answer(menu: Menu, known: KnownDialog): readonly string[] | null {
  const target = menu.options.findIndex((option) => known.take.test(option));
  if (target === -1) return null;
  if (target === menu.selected || known.accept === true) return ["Enter"];
  return [target > menu.selected ? "Down" : "Up"];
}

function labelColumn(line: string, cursor: Cursor): number {
  const glyph = line.indexOf(cursor);
  return glyph + 1 + (line.slice(glyph + 1).length - line.slice(glyph + 1).trimStart().length);
}

/** Options next to the highlighted one begin in its column; deeper rows continue an option. */
function neighbours(
  rows: readonly string[],
  walk: { readonly from: number; readonly step: 1 | -1; readonly column: number },
): readonly string[] {
  const found: string[] = [];
  for (let at = walk.from + walk.step; at >= 0 && at < rows.length; at += walk.step) {
    const text = rows[at] ?? "";
    const indent = text.length - text.trimStart().length;
    if (text === "" && isNumbered(rows[at + walk.step], walk.column)) continue;
    if (text === "" || indent < walk.column) break;
    if (indent === walk.column) found.push(text.slice(walk.column));
  }
  return found;
}

/** Only numbered options may have an empty row between them. */
const isNumbered = (row: string | undefined, column: number): boolean =>
  row !== undefined && row.slice(0, column).trim() === "" && /^\d+\. /.test(row.slice(column));

const labelOf = (text: string): string => text.trim().replace(/^\d+\.\s+/, "");
