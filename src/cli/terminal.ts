// The terminal, or whatever stdin, stdout and stderr are instead. The one place of the command
// line that touches the process's own streams and signals.

import type { Terminal } from "./app.ts";
import { usage } from "./args.ts";

export interface CliTerminal extends Terminal {
  readonly isErrTty: boolean;
  readonly isInTty: boolean;
  readonly rows: number;
  /** Calls back with every key pressed; the returned function puts the terminal back. */
  watchKeys(onKey: (key: string) => void): () => void;
  /** Resolves when all that was written has left. */
  flush(): Promise<void>;
}

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly noColor: boolean;
}

/** A `CliTerminal` over this process's own streams. */
export function createTerminal({ env, noColor }: TerminalOptions): CliTerminal {
  const { stdin, stdout, stderr } = process;
  const interrupt = new Interrupt();
  for (const stream of [stdout, stderr]) stream.on("error", () => interrupt.readerGone());
  const noColorWanted = noColor || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return {
    isTty: stdout.isTTY === true,
    isErrTty: stderr.isTTY === true,
    isInTty: stdin.isTTY === true,
    color: stdout.isTTY === true && !noColorWanted,
    get columns() {
      return stdout.columns ?? 80;
    },
    get rows() {
      return stdout.rows ?? 24;
    },
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    confirm: (question) => confirm(question),
    readStdin,
    handOver: (argv) => handOver(argv, env),
    get interrupted() {
      return interrupt.signal();
    },
    watchKeys,
    flush: async () => {
      await Promise.all([drained(stdout), drained(stderr)]);
    },
  };
}

/** These signals end the process as usual until somebody asks for the signal. */
class Interrupt {
  readonly #controller = new AbortController();
  #listening = false;

  signal(): AbortSignal {
    if (!this.#listening) {
      this.#listening = true;
      const abort = () => this.#controller.abort();
      // Once each: a second Ctrl-C ends the process even if nobody listens to the first.
      process.once("SIGINT", abort);
      process.once("SIGTERM", abort);
      // What nohup has started has no terminal, and ignores that somebody's terminal has gone.
      if ([process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)) {
        process.once("SIGHUP", abort);
      }
    }
    return this.#controller.signal;
  }

  /** `iapeer events -f | head`: nobody reads any more. */
  readerGone(): void {
    this.#controller.abort();
  }
}

const drained = (stream: NodeJS.WriteStream): Promise<void> =>
  stream.destroyed || !stream.writable
    ? Promise.resolve()
    : new Promise((resolve) => stream.write("", () => resolve()));

async function confirm(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return false;
  process.stderr.write(`${question} [y/N] `);
  for await (const line of console) return /^y(es)?$/i.test(line.trim());
  return false;
}

async function readStdin(maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of Bun.stdin.stream()) {
    bytes += part.byteLength;
    if (bytes > maxBytes) throw usage(`there are more than ${maxBytes} bytes on stdin`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** TMUX is taken away: each peer has a server of its own, so this is no nested session. */
async function handOver(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number | null> {
  const inherited = Object.fromEntries(Object.entries(env).filter(([key]) => key !== "TMUX"));
  const [program = "", ...rest] = argv;
  const path = Bun.which(program, { PATH: inherited["PATH"] ?? "" });
  if (path === null) return null;
  const child = Bun.spawn([path, ...rest], {
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    env: inherited,
  });
  // Ctrl-C belongs to the program that has the terminal now.
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  const code = await child.exited;
  process.off("SIGINT", ignore);
  return code;
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
