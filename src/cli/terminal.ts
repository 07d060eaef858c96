// The terminal, or whatever stdin, stdout and stderr are instead. The one place of the command
// line that touches the process's own streams and signals.

import type { Terminal } from "./app.ts";
import { usage } from "./args.ts";
import { type EndSignal, onEndSignal } from "./end-signals.ts";
import { Channel, isCharacterDevice } from "./channel.ts";
import { handOver } from "./hand-over.ts";

export interface CliTerminal extends Terminal {
  readonly isErrTty: boolean;
  readonly isInTty: boolean;
  readonly rows: number;
  /** Calls back with every key pressed; the returned function puts the terminal back. */
  watchKeys(onKey: (key: string) => void): () => void;
  /** Resolves when all that was written has left: null, or why some of the answer could not. */
  flush(): Promise<string | null>;
}

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly noColor: boolean;
  /** Whether it was started so, as nohup does. */
  readonly isHangupIgnored: () => boolean;
}

/** A `CliTerminal` over this process's own streams. */
export function createTerminal(options: TerminalOptions): CliTerminal {
  const { env, noColor, isHangupIgnored } = options;
  const hasTerminal = () => out.tty !== null || err.tty !== null || isInTerminal();
  const interrupt = new Interrupt(() => hasTerminal() && !isHangupIgnored());
  const common = {
    isInterruptible: () => interrupt.isListening,
    onGone: () => interrupt.readerGone(),
    asked: interrupt.asked,
  };
  // Without a place for the answer there is nothing to go on for; what is said beside it may go.
  const onLost = () => interrupt.readerGone();
  const out = new Channel({ fd: 1, stream: () => process.stdout, onFailed: onLost, ...common });
  const onUnsaid = () => undefined;
  const err = new Channel({ fd: 2, stream: () => process.stderr, onFailed: onUnsaid, ...common });
  const noColorWanted = noColor || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return {
    isTty: out.tty !== null,
    isErrTty: err.tty !== null,
    get isInTty() {
      return isInTerminal();
    },
    color: out.tty !== null && !noColorWanted,
    get columns() {
      return sizeOf(out.tty).columns;
    },
    get rows() {
      return sizeOf(out.tty).rows;
    },
    out: (text) => out.write(text),
    err: (text) => err.write(text),
    confirm: (question) => confirm(question),
    readStdin,
    handOver: (argv) => handOver(argv, env),
    get interrupted() {
      return interrupt.signal();
    },
    watchKeys,
    flush: async () => {
      const [lost] = await Promise.all([out.flush(), err.flush()]);
      return lost;
    },
  };
}

/** A terminal that nobody has told its size says 0 x 0. */
export const sizeOf = (
  tty: { readonly columns?: number; readonly rows?: number } | null,
): { readonly columns: number; readonly rows: number } => ({
  columns: tty?.columns || 80,
  rows: tty?.rows || 24,
});

const isInTerminal = (): boolean => isCharacterDevice(0) && process.stdin.isTTY === true;

/** These signals end the process as usual until somebody asks for the signal. */
class Interrupt {
  readonly #controller = new AbortController();
  readonly #mindsHangup: () => boolean;
  #listening = false;

  constructor(mindsHangup: () => boolean) {
    this.#mindsHangup = mindsHangup;
  }

  /** Without listening for anything. */
  get asked(): AbortSignal {
    return this.#controller.signal;
  }

  get isListening(): boolean {
    return this.#listening;
  }

  signal(): AbortSignal {
    if (!this.#listening) {
      this.#listening = true;
      this.#listenTo("SIGINT");
      this.#listenTo("SIGTERM");
      // What nohup has started ignores that somebody's terminal has gone. It may have one: only
      // GNU's nohup takes stdin away.
      if (this.#mindsHangup()) this.#listenTo("SIGHUP");
    }
    return this.#controller.signal;
  }

  #listenTo(signal: EndSignal): void {
    onEndSignal(signal, () => this.#controller.abort());
  }

  /** `iapeer events -f | head`: nobody reads any more. */
  readerGone(): void {
    this.#controller.abort();
  }
}

async function confirm(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return false;
  process.stderr.write(`${question} [y/N] `);
  const broken = Promise.withResolvers<null>();
  const onInterrupt = () => broken.resolve(null);
  // For the question only: what comes after it is ended by the signal as usual.
  process.on("SIGINT", onInterrupt);
  try {
    const line = await Promise.race([firstLine(), broken.promise]);
    // The person's own Enter is on the screen, but not after Ctrl-C or Ctrl-D.
    if (line === null) process.stderr.write("\n");
    return line !== null && /^y(es)?$/i.test(line.trim());
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}

async function firstLine(): Promise<string | null> {
  for await (const line of console) return line;
  return null;
}

async function readStdin(maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of Bun.stdin.stream()) {
    bytes += part.byteLength;
    if (bytes > maxBytes) {
      throw usage(
        `there are more than ${maxBytes} bytes on stdin`,
        "put them into a file, and name it",
      );
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function watchKeys(onKey: (key: string) => void): () => void {
  const { stdin } = process;
  const listen = (chunk: Buffer | string) => onKey(chunk.toString());
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on("data", listen);
  stdin.resume();
  return () => {
    stdin.off("data", listen);
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
    stdin.unref();
  };
}
