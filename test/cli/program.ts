// The spawned program in a scratch root, with a daemon of its own where a test wants one. What
// it started is ended by pid, and nothing of it may be left.

import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";

export const MAIN = Bun.fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const RUN_MS = 30_000;
const WAIT_MS = 20_000;

/** Waits until `ready` is true, looking again and again; fails after 20 s. */
export async function until(what: string, ready: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!(await ready())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await Bun.sleep(20);
  }
}

type Child = Subprocess<"pipe", "pipe", "pipe">;

/** A program that is still running, and what it has printed so far. */
export class Running {
  out = "";
  err = "";
  readonly #child: Child;
  readonly #read: Promise<unknown>;

  constructor(child: Child) {
    this.#child = child;
    this.#read = Promise.all([
      collect(child.stdout, (text) => (this.out += text)),
      collect(child.stderr, (text) => (this.err += text)),
    ]);
  }

  get pid(): number {
    return this.#child.pid;
  }

  signal(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): void {
    this.#child.kill(signal);
  }

  async done(): Promise<Ran> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), RUN_MS);
    const code = await this.#child.exited;
    clearTimeout(timer);
    await this.#read;
    return { code, out: this.out, err: this.err };
  }
}

async function collect(stream: ReadableStream<Uint8Array>, add: (text: string) => void) {
  const decoder = new TextDecoder();
  for await (const part of stream) add(decoder.decode(part, { stream: true }));
}

export class Program {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), "iap-")));
  readonly root = join(this.home, "root");
  #daemon: Running | undefined;

  start(words: readonly string[], { stdin, cwd, env }: RunOptions = {}): Running {
    const child = Bun.spawn([process.execPath, MAIN, ...words], {
      cwd: cwd ?? this.home,
      env: {
        PATH: process.env["PATH"] ?? "/usr/bin:/bin",
        LANG: "C.UTF-8",
        TERM: "xterm",
        HOME: this.home,
        IAPEER_ROOT: this.root,
        ...env,
      },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    if (stdin !== undefined) void child.stdin.write(stdin);
    void child.stdin.end();
    return new Running(child);
  }

  run(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return this.start(words, options).done();
  }

  async startDaemon(env: Readonly<Record<string, string>> = {}): Promise<Running> {
    const daemon = this.start(["daemon", "run"], { env });
    this.#daemon = daemon;
    await until("the daemon", () => daemon.err.includes("supervising"));
    return daemon;
  }

  private async stopDaemon(): Promise<void> {
    this.#daemon?.signal("SIGTERM");
    await this.#daemon?.done();
    this.#daemon = undefined;
  }

  /** Stops all peers and the daemon; fails when a tmux server is left over. */
  async close(): Promise<void> {
    await this.run(["stop", "--all", "--yes"]);
    await this.stopDaemon();
    const left = this.serverPids().filter(isRunning);
    rmSync(this.home, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`tmux servers were left over: ${left.join(", ")}`);
  }

  /** Of every generation that was ever started here. */
  private serverPids(): readonly number[] {
    const sessions = join(this.root, "state/iapeer/sessions");
    return filesNamed(sessions, "start.json").flatMap((path) => {
      const start = JSON.parse(readFileSync(path, "utf8")) as { server?: { pid: number } };
      return start.server === undefined ? [] : [start.server.pid];
    });
  }
}

function filesNamed(dir: string, name: string): readonly string[] {
  try {
    return readdirSync(dir, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(`/${name}`))
      .map((path) => join(dir, path));
  } catch {
    // Nothing was ever started in this root.
    return [];
  }
}

/** A zombie does not run: where pid 1 does not reap, it stays for good. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)]).stdout.toString();
  return stat.trim() !== "" && !stat.startsWith("Z");
}
