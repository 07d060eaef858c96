// TypeScript with what is not code blanked out, so that a rule about code never trips over a
// comment or a string. Columns and lines stay where they were.

export interface Masked {
  /** Comments and the insides of strings, templates and regular expressions are spaces. */
  readonly code: string;
  /** Only comments are spaces. */
  readonly uncommented: string;
}

/** After these, a slash begins a regular expression; after anything else it divides. */
const BEFORE_REGEX = "(,=:[!&|?{};+-*%~^<>";
const WORDS_BEFORE_REGEX = /\b(return|typeof|case|in|of|do|else|void|delete|await|yield)$/;

class Masker {
  readonly #text: string;
  readonly #code: string[] = [];
  readonly #uncommented: string[] = [];
  /** Open braces of each `${` that is still open, innermost last. */
  readonly #templates: number[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Masked {
    while (this.#at < this.#text.length) this.#step();
    return { code: this.#code.join(""), uncommented: this.#uncommented.join("") };
  }

  #step(): void {
    const char = this.#text.charAt(this.#at);
    const two = char + this.#text.charAt(this.#at + 1);
    if (two === "//") return this.#skipTo(this.#text.indexOf("\n", this.#at));
    if (two === "/*") return this.#skipTo(this.#text.indexOf("*/", this.#at + 2) + 2);
    if (char === '"' || char === "'") return this.#string(char);
    if (char === "`") return this.#template();
    if (char === "/" && this.#regexMayStart()) return this.#regex();
    const open = this.#templates.at(-1);
    if (char === "}" && open === 0) {
      this.#templates.pop();
      return this.#template();
    }
    if (open !== undefined && (char === "{" || char === "}")) {
      this.#templates[this.#templates.length - 1] = open + (char === "{" ? 1 : -1);
    }
    this.#put(char, "code");
  }

  #put(char: string, as: "code" | "text" | "comment"): void {
    const blank = char === "\n" ? "\n" : " ";
    this.#code.push(as === "code" ? char : blank);
    this.#uncommented.push(as === "comment" ? blank : char);
    this.#at += 1;
  }

  /** A comment up to `end`; -1, or what comes of it, means the end of the file. */
  #skipTo(end: number): void {
    const stop = end > this.#at ? end : this.#text.length;
    while (this.#at < stop) this.#put(this.#text.charAt(this.#at), "comment");
  }

  #string(quote: string): void {
    this.#put(quote, "code");
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      if (char === quote || char === "\n") return this.#put(char, "code");
      if (char === "\\") this.#put(char, "text");
      this.#put(this.#text.charAt(this.#at), "text");
    }
  }

  /** From a backtick, or from the brace that ends `${…}`, to the next `${` or the end. */
  #template(): void {
    this.#put(this.#text.charAt(this.#at), "code");
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      if (char === "`") return this.#put(char, "code");
      if (char === "$" && this.#text.charAt(this.#at + 1) === "{") {
        this.#put(char, "code");
        this.#put("{", "code");
        this.#templates.push(0);
        return;
      }
      if (char === "\\") this.#put(char, "text");
      this.#put(this.#text.charAt(this.#at), "text");
    }
  }

  #regexMayStart(): boolean {
    const before = this.#code.slice(-200).join("").trimEnd();
    const last = before.at(-1);
    return last === undefined || BEFORE_REGEX.includes(last) || WORDS_BEFORE_REGEX.test(before);
  }

  #regex(): void {
    this.#put("/", "code");
    let inClass = false;
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      if (char === "\n" || (char === "/" && !inClass)) return this.#put(char, "code");
      if (char === "[") inClass = true;
      if (char === "]") inClass = false;
      if (char === "\\") this.#put(char, "text");
      this.#put(this.#text.charAt(this.#at), "text");
    }
  }
}

const known = new Map<string, Masked>();

export function mask(text: string): Masked {
  const masked = known.get(text) ?? new Masker(text).run();
  known.set(text, masked);
  return masked;
}
