// Text that is appended to a file, as it comes: through growth, truncation in place (pane logs)
// and rotation by rename (event logs). Polled by its caller.

import type { Files } from "../ports/files.ts";
import { logParts } from "../flows/log-parts.ts";

const PIECE_BYTES = 1024 * 1024;
/** Of one poll; what comes faster is read at the next. */
const PIECES_MAX = 64;

export class Follower {
  readonly #files: Files;
  readonly #path: string;
  #inode: number | undefined;
  #offset = 0;

  /** Begins at the file's present end, less `backBytes`. */
  constructor(files: Files, path: string, backBytes: number) {
    this.#files = files;
    this.#path = path;
    const stat = files.stat(path);
    if (stat.state !== "ok") return;
    this.#inode = stat.inode;
    this.#offset = Math.max(0, stat.size - backBytes);
    for (let skipped = 0; skipped < 3 && this.#isWithinCharacter(); skipped += 1) this.#offset += 1;
  }

  #isWithinCharacter(): boolean {
    const read = this.#offset > 0 && this.#files.readOn(this.#path, this.#offset, 1);
    return read !== false && read.state === "ok" && read.text === "\ufffd";
  }

  /** What was appended since the last call; empty when nothing was, or nothing can be read. */
  poll(): string {
    const stat = this.#files.stat(this.#path);
    const isKnown = this.#inode !== undefined;
    // Rotated, and nobody has written since: the end of the old file may still be to come.
    if (stat.state === "missing" && isKnown) return this.#afterRotation();
    if (stat.state !== "ok") return "";
    if (isKnown && stat.inode !== this.#inode) return this.#afterRotation();
    if (stat.size < this.#offset) this.#offset = 0;
    const { text, next } = this.#grown(this.#path, this.#offset);
    // Rotated in between, it is another's text.
    if (!this.#isStill(stat.inode)) return "";
    this.#inode = stat.inode;
    this.#offset = next;
    return text;
  }

  #isStill(inode: number): boolean {
    const stat = this.#files.stat(this.#path);
    return stat.state === "ok" && stat.inode === inode;
  }

  /** The rest of the old file, then each one that came and went, then the present one. */
  #afterRotation(): string {
    const read = (path: string, inode: number) =>
      this.#grown(path, inode === this.#inode ? this.#offset : 0);
    const parts: (Grown & { readonly inode: number; readonly path: string })[] = [];
    let isMet = false;
    for (const part of logParts(this.#files, this.#path, read)) {
      parts.push({ inode: part.inode, path: part.path, ...part.read });
      isMet = part.inode === this.#inode;
      if (isMet) break;
    }
    const [present] = parts;
    if (present === undefined || present.inode === 0) return "";
    // Taken away, and what is beside it are older copies.
    if (!isMet && present.path !== this.#path) return "";
    this.#inode = present.inode;
    this.#offset = present.next;
    // Of one that is nowhere, nobody knows which of them came after it.
    const since = isMet ? parts.toReversed() : [present];
    return since.map(({ text }) => text).join("");
  }

  /** Piece by piece: a flood is read as far as it has come, and no further than its end now. */
  #grown(path: string, offset: number): Grown {
    let [text, next] = ["", offset];
    for (let pieces = 0; pieces < PIECES_MAX; pieces += 1) {
      const read = this.#files.readOn(path, next, PIECE_BYTES);
      if (read.state !== "ok" || read.next === next) break;
      next = read.next;
      text += read.text;
    }
    return { text, next };
  }
}

interface Grown {
  readonly text: string;
  /** Where to go on. */
  readonly next: number;
}
