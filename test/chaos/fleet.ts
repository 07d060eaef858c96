// A scratch root with real tmux servers and the real daemon as a child process, and the means to
// look at every process of a generation and to end it. All is gone again when it is disposed of.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "../../src/cli/app.ts";
import {
  identityOf,
  type Identity,
  type Personality,
  type RuntimeName,
} from "../../src/core/names.ts";
import type { EndRecord, StartRecord } from "../../src/core/generation.ts";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import { createPeer, type CreateSpec } from "../../src/flows/peers/create.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { listGenerations, readEnd, readStart } from "../../src/flows/session/records.ts";
import { canaryProcess } from "../../src/flows/session/canary.ts";
import { createApp } from "../../src/wire.ts";
import { remainsOf, type Remain } from "./remains.ts";

const PROGRAM = Bun.fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const COMMAND = "command" as RuntimeName;

/** Polls until `holds` is true; fails with `what` after a generous bound. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  boundMs = 30_000,
): Promise<void> {
  const until = performance.now() + boundMs;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`not within ${boundMs} ms: ${what}`);
    await Bun.sleep(10);
  }
}

function fail(what: string): never {
  throw new Error(what);
}

export interface FleetOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Name of the folder that is HOME and holds the root, as hostile as a test likes. */
  readonly folder?: string;
  /** What the daemon is started by, and held by as long as that lives. */
  readonly holder?: readonly string[];
  /** Called with HOME before anything is in it, and again when all is over. */
  readonly mount?: (home: string) => void;
  readonly unmount?: (home: string) => void;
}

/** What a verb of the real program came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** SIGKILLed after so long. */
  readonly killAfterMs?: number;
}

const CLI_MS = 120_000;

/** Every process that a living generation has, by its part. */
export interface Parts {
  readonly server: ProcessRef;
  readonly pane: ProcessRef;
  readonly recorder: ProcessRef;
  readonly client: ProcessRef;
}

export class Fleet implements AsyncDisposable {
  readonly root: string;
  /** HOME; the root is in it. */
  readonly home: string;
  readonly env: Record<string, string>;
  readonly app: App;
  #daemon: Bun.Subprocess | null = null;
  readonly #base: string;
  readonly #holder: readonly string[];
  readonly #unmount: ((home: string) => void) | undefined;

  constructor(options: FleetOptions = {}) {
    this.#base = mkdtempSync(join(tmpdir(), "iap-chaos-"));
    this.home = options.folder === undefined ? this.#base : join(this.#base, options.folder);
    mkdirSync(this.home, { recursive: true });
    options.mount?.(this.home);
    this.#unmount = options.unmount;
    this.#holder = options.holder ?? [];
    this.root = join(this.home, "root");
    const { TMUX: _tmux, TMUX_PANE: _pane, ...rest } = process.env;
    const inherited = Object.entries(rest).filter((e): e is [string, string] => e[1] !== undefined);
    this.env = {
      ...Object.fromEntries(inherited),
      HOME: this.home,
      IAPEER_ROOT: this.root,
      ...options.env,
    };
    const app = createApp({ root: this.root, env: this.env, flags: {} });
    if (!app.ok) throw app.error;
    this.app = app.value;
    const prepared = prepareRoot(this.app.host);
    if (!prepared.ok) throw prepared.error;
  }

  async create(
    name: string,
    argv: readonly string[],
    more: Partial<CreateSpec> & { readonly ready?: string } = {},
  ): Promise<Personality> {
    const { ready, ...traits } = more;
    const command = { argv, ...(ready === undefined ? {} : { ready }) };
    const made = await createPeer(this.app.host, {
      name,
      runtime: "command",
      command,
      ...traits,
    });
    if (!made.ok) throw made.error;
    return made.value.entry.personality;
  }

  identity(name: Personality): Identity {
    return identityOf(COMMAND, name);
  }

  get daemonPid(): number {
    if (this.#daemon === null) throw new Error("no daemon runs");
    return this.#daemon.pid;
  }

  async startDaemon(): Promise<void> {
    const program = [process.execPath, PROGRAM, "daemon", "run"];
    const daemon = Bun.spawn([...this.#holder, ...program], {
      env: this.env,
      cwd: this.home,
      stdio: ["ignore", "ignore", "inherit"],
    });
    this.#daemon = daemon;
    await eventually("the daemon answers", async () => {
      if (daemon.exitCode !== null) throw new Error(`the daemon ended: ${daemon.exitCode}`);
      return (await this.app.client.status()).state === "running";
    });
  }

  /** As nothing in it can prevent. */
  async killDaemon(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === null) return;
    this.#daemon = null;
    daemon.kill("SIGKILL");
    await daemon.exited;
  }

  /** One run of the program, in an environment like the daemon's. */
  async cli(words: readonly string[], options: CliOptions = {}): Promise<Ran> {
    const child = Bun.spawn([process.execPath, PROGRAM, ...words], {
      env: { ...this.env, ...options.env },
      cwd: options.cwd ?? this.home,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.killAfterMs ?? CLI_MS,
      killSignal: "SIGKILL",
    });
    const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    return { code: await child.exited, out, err };
  }

  async wake(name: Personality): Promise<void> {
    const reached = await this.app.client.verb({ personality: name, verb: "wake", request: {} });
    const result = reached.state === "answered" ? reached.value.result : reached.state;
    if (result !== "woke" && result !== "already-alive") {
      throw new Error(`wake ${name}: ${JSON.stringify(reached)}`);
    }
  }

  /** Server, pane process, recorder and the recorder's blocking client of the present life. */
  async parts(name: Personality): Promise<Parts> {
    const start = this.starts(name).at(-1);
    if (start?.server === undefined || start.pane === undefined) throw new Error(`${name} is down`);
    const { host } = this.app;
    let found = null as { recorder: ProcessRef; client: ProcessRef } | null;
    await eventually(`the canary of ${name} waits`, () => {
      const recorder = canaryProcess(host, start);
      const client = recorder === null ? undefined : host.processes.descendants(recorder)[0];
      if (recorder !== null && client !== undefined) found = { recorder, client };
      return found !== null;
    });
    const { recorder, client } = found ?? fail(`the canary of ${name} is gone`);
    return { server: start.server, pane: start.pane, recorder, client };
  }

  starts(name: Personality): readonly StartRecord[] {
    const { host } = this.app;
    const identity = this.identity(name);
    return listGenerations(host, identity).flatMap(
      (generation) => readStart(host, { identity, generation }) ?? [],
    );
  }

  ends(name: Personality): readonly EndRecord[] {
    const { host } = this.app;
    const identity = this.identity(name);
    return listGenerations(host, identity).flatMap((generation) => {
      const end = readEnd(host, { identity, generation });
      return end.state === "recorded" ? [end.end] : [];
    });
  }

  isAlive(process: ProcessRef | undefined): boolean {
    return process !== undefined && this.app.host.processes.liveness(process) === "alive";
  }

  /** Lines of exits.log that speak of one generation. */
  exitLines(generation: string): readonly string[] {
    const dir = this.app.host.layout.logsDir;
    return readdirSync(dir)
      .filter((file) => file.startsWith("exits.log"))
      .flatMap((file) => readFileSync(join(dir, file), "utf8").split("\n"))
      .filter((line) => line.includes(`generation=${generation} `));
  }

  /** Whatever runs on behalf of this root. */
  remains(): readonly Remain[] {
    return remainsOf(this.#base, this.app.host.processes);
  }

  /** Everything of this root is ended, however stubborn, and its files are removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.killDaemon();
    await eventually("nothing of the fleet runs", () => {
      const left = this.remains();
      for (const { ref } of left) this.app.host.processes.signal(ref, "KILL");
      return left.length === 0;
    });
    this.#unmount?.(this.home);
    rmSync(this.#base, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}
