// One word of tmux.conf, and of a command inside such a word, from any text (lifecycle §7).

import { assert } from "../core/result.ts";

/**
 * In double quotes: `\`, `"`, `$` and a leading `~` are special, and controls are written out.
 * From 0x80 on a character is several bytes, none of which means anything to tmux.
 */
// oxlint-disable-next-line no-control-regex
const SPECIAL = /[\\"$~\u0000-\u001F\u007F]/g;

/**
 * Double quotes, since tmux drops the blanks and comments that follow a line break in quotes of
 * either kind: only an escape keeps a newline whole. Quoting twice makes a word inside a word.
 */
export function quoteTmux(text: string): string {
  assert(!text.includes("\0"), "a NUL cannot be part of a tmux word");
  return `"${text.replaceAll(SPECIAL, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  const control = code < 0x20 || code === 0x7f;
  return control ? `\\${code.toString(8).padStart(3, "0")}` : `\\${character}`;
}

/**
 * An argument of the `tmux` program, which takes a last `;` as the end of a command
 * (cmd_parse_from_arguments in tmux's cmd-parse.y).
 */
export const tmuxArgument = (text: string): string =>
  text.endsWith(";") ? `${text.slice(0, -1)}\\;` : text;
