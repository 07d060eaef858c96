// stdout and stderr. Opening one as a stream costs a short verb half of its time, so that what
// is no terminal is written to directly, until somebody has to be able to interrupt the writing.

import { fstatSync, writeSync } from "node:fs";

export type Descriptor = 1 | 2;

/** A reader that has gone is no failure of ours. */
const GONE = new Set(["EPIPE", "ECONNRESET"]);

/** `full`: somebody made the pipe non-blocking, and reads slowly; `left` is still to be written. */
export type Wrote =
  | { readonly state: "written" | "gone" }
  | { readonly state: "full"; readonly left: Uint8Array }
  | { readonly state: "failed"; readonly code: string };

export function writeNow(fd: Descriptor, text: string): Wrote {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code = String(error) } = error as { code?: string };
      if (code === "EAGAIN") return { state: "full", left: bytes.subarray(at) };
      return GONE.has(code) ? { state: "gone" } : { state: "failed", code };
    }
  }
  return { state: "written" };
}

export interface ChannelDeps {
  readonly fd: Descriptor;
  readonly stream: () => NodeJS.WriteStream;
  /** Somebody listens for Ctrl-C, which a blocked write would not let through. */
  readonly isInterruptible: () => boolean;
  readonly onGone: () => void;
}

export class Channel {
  readonly #deps: ChannelDeps;
  #stream: NodeJS.WriteStream | null = null;
  #failed: string | null = null;

  constructor(deps: ChannelDeps) {
    this.#deps = deps;
    if (isCharacterDevice(deps.fd)) this.#open();
  }

  get tty(): NodeJS.WriteStream | null {
    return this.#stream?.isTTY === true ? this.#stream : null;
  }

  write(text: string): void {
    const { fd, isInterruptible, onGone } = this.#deps;
    if (this.#failed !== null) return;
    if (this.#stream !== null || isInterruptible()) return void this.#open().write(text);
    const wrote = writeNow(fd, text);
    if (wrote.state === "gone") onGone();
    else if (wrote.state === "full") this.#open().write(wrote.left);
    else if (wrote.state === "failed") this.#failed = wrote.code;
  }

  /** Resolves when all has left: null, or the code of the error that kept some of it. */
  async flush(): Promise<string | null> {
    const stream = this.#stream;
    if (stream !== null && !stream.destroyed && stream.writable) {
      await new Promise<void>((resolve) => stream.write("", () => resolve()));
    }
    return this.#failed;
  }

  #open(): NodeJS.WriteStream {
    if (this.#stream !== null) return this.#stream;
    const stream = this.#deps.stream();
    stream.on("error", ({ code = "EIO" }: NodeJS.ErrnoException) => {
      if (GONE.has(code)) this.#deps.onGone();
      else this.#failed ??= code;
    });
    return (this.#stream = stream);
  }
}

/** A terminal is one. What cannot be told is not opened before it is needed. */
export function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}
