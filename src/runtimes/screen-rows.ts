// A captured screen as rows. Whatever a program printed may be in it, so it is bounded.

const ROWS_MAX = 200;
const COLUMNS_MAX = 1000;

/** Rows without trailing blanks, without the empty ones at the bottom. */
export function screenRows(text: string): readonly string[] {
  const tail = text.slice(-ROWS_MAX * COLUMNS_MAX).split("\n", ROWS_MAX * COLUMNS_MAX);
  const rows = tail.slice(-ROWS_MAX).map((row) => row.slice(0, COLUMNS_MAX).trimEnd());
  const last = rows.findLastIndex((row) => row !== "");
  return rows.slice(0, last + 1);
}
