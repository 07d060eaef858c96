// Text that is appended to a file, as it comes: through growth, truncation in place (pane logs)
// and rotation by rename (event logs). Polled by its caller.

import type { Files } from "../ports/files.ts";

/** Rotated copies that are looked through for the one that was being read. */
const ROTATIONS_MAX = 32;
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
    if (stat.state !== "ok") return "";
    if (this.#inode === undefined) return this.#begin(stat.inode);
    if (stat.inode !== this.#inode) return this.#afterRotation(stat.inode);
    if (stat.size < this.#offset) this.#offset = 0;
    return this.#grown(this.#path);
  }

  #begin(inode: number): string {
    this.#inode = inode;
    this.#offset = 0;
    return this.#grown(this.#path);
  }

  /** The rest of the old file, then each one that came and went, then the present one. */
  #afterRotation(inode: number): string {
    const old = this.#rotatedTo();
    let text = old === undefined ? "" : this.#grown(`${this.#path}.${old}`);
    for (let n = (old ?? 1) - 1; n >= 1; n--) {
      const read = this.#files.read(`${this.#path}.${n}`);
      if (read.state === "ok") text += read.text;
    }
    return text + this.#begin(inode);
  }

  #rotatedTo(): number | undefined {
    for (let n = 1; n <= ROTATIONS_MAX; n++) {
      const stat = this.#files.stat(`${this.#path}.${n}`);
      if (stat.state !== "ok") return undefined;
      if (stat.inode === this.#inode) return n;
    }
    return undefined;
  }

  /** Piece by piece: a flood is read as far as it has come, and no further than its end now. */
  #grown(path: string): string {
    let text = "";
    for (let pieces = 0; pieces < PIECES_MAX; pieces += 1) {
      const read = this.#files.readOn(path, this.#offset, PIECE_BYTES);
      if (read.state !== "ok" || read.next === this.#offset) break;
      this.#offset = read.next;
      text += read.text;
    }
    return text;
  }
}
