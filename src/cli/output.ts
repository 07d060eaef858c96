// stdout is the answer, stderr is everything else (CLI contract). One object decides, from
// --json, --quiet and the terminal, what of it a person sees.

import type { CliTerminal } from "./terminal.ts";
import { type Paint, painter } from "./render/color.ts";
import { visible } from "./render/text.ts";

export class Output {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly paint: Paint;
  readonly #paintErr: Paint;
  readonly #terminal: CliTerminal;

  constructor(terminal: CliTerminal, flags: { json: boolean; quiet: boolean }) {
    this.#terminal = terminal;
    this.isJson = flags.json;
    this.isQuiet = flags.quiet;
    this.paint = painter(terminal.color);
    this.#paintErr = painter(terminal.color && terminal.isErrTty);
  }

  /** The answer, for a person; nothing with --json. */
  lines(lines: readonly string[]): void {
    if (!this.isJson && lines.length > 0) this.#terminal.out(`${lines.join("\n")}\n`);
  }

  line(line: string): void {
    this.lines([line]);
  }

  /** The answer, for a program: the one document, or one line of NDJSON. */
  json(document: unknown): void {
    if (this.isJson) this.#terminal.out(`${JSON.stringify(document)}\n`);
  }

  /** Something worth knowing beside the answer; whatever it names, it is one line of text. */
  note(text: string): void {
    if (!this.isQuiet) this.#terminal.err(`${visible(text)}\n`);
  }

  /** A warning is said even with --quiet. */
  warn(text: string): void {
    this.#terminal.err(`${this.#paintErr("yellow", "warning:")} ${visible(text)}\n`);
  }
}
