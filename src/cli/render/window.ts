// A table that is longer than the screen: its head stays, and keys move what is below. Pure.

import { clipPainted } from "./text.ts";

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

export interface Window {
  /** Lines that always stand first. */
  readonly head: readonly string[];
  readonly body: readonly string[];
  /** How many lines of the body have been scrolled away above. */
  readonly from: number;
}

/** What a screen holds of it; the last line then says how many more there are. */
export function fitted(
  window: Window,
  { rows, columns }: Size,
  list = "iapeer list",
): readonly string[] {
  return rowsOf(window, rows, list).map((line) => clipPainted(line, columns));
}

function rowsOf(window: Window, rows: number, list: string): readonly string[] {
  const { head, body } = window;
  if (head.length + body.length <= rows) return [...head, ...body];
  const room = roomFor(window, rows);
  // Too small even for the head: as much of it as there is room for.
  if (room < 1) {
    const more = `… ${head.length + body.length - rows + 1} more: a taller terminal, or ${list}`;
    return [...[...head, ...body].slice(0, rows - 1), more];
  }
  const from = clamped(window, rows);
  const below = body.length - from - room;
  const parts = [...(from > 0 ? [`${from} above`] : []), ...(below > 0 ? [`${below} below`] : [])];
  const more = `… ${parts.join(", ")}: arrow keys scroll`;
  return [...head, ...body.slice(from, from + room), more];
}

/** Where the window is after these keys; several may come at once. */
export function scrolled(window: Window, rows: number, keys: string): number {
  const page = Math.max(1, roomFor(window, rows) - 1);
  let from = clamped(window, rows);
  for (const [key = ""] of keys.matchAll(KEY)) {
    const lines = (STEPS.get(key) ?? 0) * (isPage(key) ? page : 1);
    from = clamped({ ...window, from: from + lines }, rows);
  }
  return from;
}

// One of those that are told apart, or any other character. A terminal may be in either cursor
// mode, and tmux, like the Linux console, has Home and End of its own.
// oxlint-disable-next-line no-control-regex
const KEY = /\u001b(?:[O[][ABFH]|\[[1456]~)|[^]/gu;

const ALL = 1_000_000;

const STEPS: ReadonlyMap<string, number> = new Map([
  ...["\u001b[A", "\u001bOA", "k", "\u001b[5~", "b"].map((key) => [key, -1] as const),
  ...["\u001b[B", "\u001bOB", "j", "\u001b[6~", " "].map((key) => [key, 1] as const),
  ...["\u001b[H", "\u001bOH", "\u001b[1~", "g"].map((key) => [key, -ALL] as const),
  ...["\u001b[F", "\u001bOF", "\u001b[4~", "G"].map((key) => [key, ALL] as const),
]);

const isPage = (key: string): boolean => ["\u001b[5~", "\u001b[6~", " ", "b"].includes(key);

/** The last line of the screen says what is not on it. */
const roomFor = ({ head }: Window, rows: number): number => rows - head.length - 1;

const clamped = (window: Window, rows: number): number =>
  Math.max(0, Math.min(window.from, window.body.length - roomFor(window, rows)));
