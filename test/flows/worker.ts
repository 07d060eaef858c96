// Starts storage workers, waits for what they say, and ends them by their own pids.

import { join } from "node:path";

export interface Worker extends AsyncDisposable {
  /** Every line so far. */
  readonly lines: string[];
  send(...commands: string[]): void;
  /** Resolves with the first line that starts so; rejects when the worker ends without it. */
  seen(start: string): Promise<string>;
  /** Lets it finish what it was sent. */
  finish(): Promise<void>;
  kill(): Promise<void>;
}

export function startWorker(root: string): Worker {
  const program = join(import.meta.dir, "fixtures/storage-worker.ts");
  const child = Bun.spawn([process.execPath, program, root], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let ended = false;
  const reading = collect(child.stdout, (line) => {
    lines.push(line);
    for (const wake of waiting) wake();
  }).then(() => {
    ended = true;
    for (const wake of waiting) wake();
  });
  const finish = async () => {
    await child.stdin.end();
    await Promise.all([child.exited, reading]);
  };
  const kill = async () => {
    child.kill("SIGKILL");
    await Promise.all([child.exited, reading]);
  };
  return {
    lines,
    send: (...commands) => {
      void child.stdin.write(commands.map((command) => `${command}\n`).join(""));
      void child.stdin.flush();
    },
    seen: (start) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = lines.find((each) => each.startsWith(start));
          if (line !== undefined) resolve(line);
          else if (ended) reject(new Error(`ended before it said ${start}: ${lines.join("; ")}`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    finish,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  each: (line: string) => void,
): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    parts.forEach(each);
  }
}
