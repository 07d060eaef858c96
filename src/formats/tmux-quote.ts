// One word of tmux.conf, and of a command inside such a word, from any text (lifecycle §7).

import { assert } from "../core/result.ts";

/**
 * The peer's own pane: the first of its server. What runs in it may open others, since tmux is
 * told of its server by the environment (TMUX).
 */
export const OWN_PANE = "%0";

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001F\u007F]/g;

/**
 * Double quotes, since tmux drops the blanks and comments that follow a line break in quotes of
 * either kind: only an escape keeps a newline whole. Quoting twice makes a word inside a word.
 * Special are `\`, `"`, `$` and a leading `~`, and controls are written out. From 0x80 on a
 * character is several bytes, none of which means anything to tmux.
 */
export function quoteTmux(text: string): string {
  assert(!text.includes("\0"), "a NUL cannot be part of a tmux word");
  // A text for each is several times faster than one expression for all of them.
  const escaped = text
    .replaceAll("\\", String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll("$", () => String.raw`\$`)
    .replaceAll("~", String.raw`\~`);
  return `"${escaped.replaceAll(CONTROL, escapeControl)}"`;
}

const escapeControl = (character: string): string =>
  `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;

/**
 * An argument of the `tmux` program, which takes a last `;` as the end of a command
 * (cmd_parse_from_arguments in tmux's cmd-parse.y).
 */
export const tmuxArgument = (text: string): string =>
  text.endsWith(";") ? `${text.slice(0, -1)}\\;` : text;
