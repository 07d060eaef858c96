// Text that is appended to a file, as it comes: through growth, truncation in place (pane logs)
// and rotation by rename (event logs). Polled by its caller.

import type { Files } from "../ports/files.ts";

/** Rotated copies that are looked through for the one that was being read. */
const ROTATIONS_MAX = 32;

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

  /** Reads from the offset on; the tail alone unless the file grows while it is read. */
  #grown(path: string): string {
    const before = this.#files.stat(path);
    if (before.state !== "ok" || before.size <= this.#offset) return "";
    const tail = this.#files.readTail(path, before.size - this.#offset);
    const after = this.#files.stat(path);
    if (after.state !== "ok" || tail.state !== "ok") return "";
    if (after.size === before.size && after.inode === before.inode) {
      this.#offset = before.size;
      return tail.text;
    }
    const whole = this.#files.read(path);
    if (whole.state !== "ok") return "";
    const bytes = Buffer.from(whole.text);
    const grown = bytes.subarray(this.#offset).toString("utf8");
    this.#offset = bytes.length;
    return grown;
  }
}
