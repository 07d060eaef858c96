// Aligned tables for people. A cell's text is already safe; colour is put on after padding. Pure.

import type { Hue, Paint } from "./color.ts";
import { clip, columnsOf, pad } from "./text.ts";

export interface Cell {
  readonly text: string;
  readonly hue?: Hue;
}

export interface TableSpec {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The last column is cut to fit; absent: nothing is cut. */
  readonly columnsMax?: number;
  readonly paint: Paint;
}

const GAP = "  ";

/** Lines, the heading first. */
export function renderTable({ head, rows, columnsMax, paint }: TableSpec): readonly string[] {
  const widths = head.map((title, i) =>
    Math.max(columnsOf(title), ...rows.map((row) => columnsOf(row[i]?.text ?? ""))),
  );
  const last = head.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = columnsMax === undefined ? undefined : Math.max(8, columnsMax - before);
  const line = (cells: readonly Cell[]) =>
    cells
      .map(({ text, hue }, i) => {
        const fitted = i === last && room !== undefined ? clip(text, room) : text;
        const padded = i === last ? fitted : pad(fitted, widths[i] ?? 0);
        return hue === undefined ? padded : paint(hue, padded);
      })
      .join(GAP)
      .trimEnd();
  return [line(head.map((text) => ({ text, hue: "dim" as const }))), ...rows.map(line)];
}
