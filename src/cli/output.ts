// stdout is the answer, stderr is everything else (CLI contract). One object decides, from
// --json, --quiet and the terminal, what of it a person sees.

import type { CliTerminal } from "./terminal.ts";
import { type Paint, painter } from "./render/color.ts";
import { visible } from "./render/text.ts";
import { documentForRoot, forRoot } from "./rooted.ts";

export interface OutputFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  /** The value of --root, as it was typed. */
  readonly root?: string | undefined;
}

export class Output {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly paint: Paint;
  readonly #paintErr: Paint;
  readonly #terminal: CliTerminal;
  readonly #root: string | undefined;
  #hasAnswered = false;

  constructor(terminal: CliTerminal, flags: OutputFlags) {
    this.#terminal = terminal;
    this.#root = flags.root;
    this.isJson = flags.json;
    this.isQuiet = flags.quiet;
    this.paint = painter(terminal.color);
    this.#paintErr = painter(terminal.color && terminal.isErrTty);
  }

  /** A document, or a line of NDJSON, was printed. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** A hint whose commands are about the same root as this one. */
  hint(text: string): string {
    return forRoot(text, this.#root);
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
    if (!this.isJson) return;
    this.#hasAnswered = true;
    this.#terminal.out(`${JSON.stringify(document)}\n`);
  }

  /** The same, of a document whose sentences name commands: they are about the same root. */
  advice(document: unknown): void {
    this.json(documentForRoot(document, this.#root));
  }

  /** Something worth knowing beside the answer; whatever it names, it is one line of text. */
  note(text: string): void {
    if (!this.isQuiet) this.#terminal.err(`${visible(this.hint(text))}\n`);
  }

  /** A warning is said even with --quiet. */
  warn(text: string): void {
    this.#terminal.err(`${this.#paintErr("yellow", "warning:")} ${visible(this.hint(text))}\n`);
  }
}
