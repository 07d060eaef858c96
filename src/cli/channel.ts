// stdout and stderr. Opening one as a stream costs a short verb half of its time, so that what
// is no terminal is written to directly, until somebody has to be able to interrupt the writing.

import { fstatSync, writeSync } from "node:fs";

export type Descriptor = 1 | 2;

/** A reader that has gone is no failure of ours; what destroyed a stream was told before. */
const GONE = new Set(["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"]);

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
  /** Nothing more can be written. */
  readonly onFailed: () => void;
  /** Aborted: what a slow reader has not taken by now is not waited for. */
  readonly asked: AbortSignal;
}

export class Channel {
  readonly #deps: ChannelDeps;
  #stream: NodeJS.WriteStream | null = null;
  #failed: string | null = null;
  /** Resolves when the latest that a stream was given has left, or never will. */
  #sent: Promise<void> = Promise.resolve();

  constructor(deps: ChannelDeps) {
    this.#deps = deps;
    // /dev/null is a character device, too: a stream would tell of a failure too late.
    if (isCharacterDevice(deps.fd) && deps.stream().isTTY) this.#open();
  }

  get tty(): NodeJS.WriteStream | null {
    return this.#stream?.isTTY === true ? this.#stream : null;
  }

  write(text: string): void {
    const { fd, isInterruptible, onGone } = this.#deps;
    if (this.#failed !== null || text === "") return;
    if (this.#stream !== null || isInterruptible()) return this.#send(text);
    const wrote = writeNow(fd, text);
    if (wrote.state === "gone") onGone();
    else if (wrote.state === "full") this.#send(wrote.left);
    else if (wrote.state === "failed") this.#note(wrote.code);
  }

  /** Resolves when all has left: null, or the code of the error that kept some of it. */
  async flush(): Promise<string | null> {
    const stream = this.#stream;
    if (stream === null) return this.#failed;
    await Promise.race([this.#sent, aborted(this.#deps.asked).then(() => pushed(stream))]);
    return this.#failed;
  }

  /** The write's own callback: that of an empty one comes while others still wait. */
  #send(data: string | Uint8Array): void {
    const stream = this.#open();
    this.#sent = new Promise((resolve) => {
      stream.write(data, (error) => {
        if (error) this.#note(codeOf(error));
        resolve();
      });
    });
  }

  #open(): NodeJS.WriteStream {
    if (this.#stream !== null) return this.#stream;
    const stream = this.#deps.stream();
    stream.on("error", (error) => this.#note(codeOf(error)));
    return (this.#stream = stream);
  }

  #note(code: string): void {
    if (GONE.has(code)) return this.#deps.onGone();
    this.#failed ??= code;
    this.#deps.onFailed();
  }
}

const codeOf = ({ code }: NodeJS.ErrnoException): string => code ?? "EIO";

const aborted = (asked: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (asked.aborted) resolve();
    asked.addEventListener("abort", () => resolve(), { once: true });
  });

/** What goes into a pipe at once has gone. */
const pushed = (stream: NodeJS.WriteStream): Promise<void> =>
  stream.destroyed || !stream.writable
    ? Promise.resolve()
    : new Promise((resolve) => stream.write("", () => resolve()));

/** A terminal is one, and /dev/null. What cannot be told is not opened before it is needed. */
export function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}
