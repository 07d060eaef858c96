// The command line in this process: a scratch root on real files, a daemon that is what a test
// says, and a terminal that remembers.

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App, Direct, DirectSupervisor } from "../../src/cli/app.ts";
import { run } from "../../src/cli/run.ts";
import type { CliTerminal } from "../../src/cli/terminal.ts";
import { type IapeerError } from "../../src/core/error.ts";
import type { DaemonClient, VerbAnswer, VerbCall } from "../../src/core/api.ts";
import type { RegistryEntry } from "../../src/core/profile.ts";
import { ok } from "../../src/core/result.ts";
import type { DaemonStatus, PeerRow, Snapshot, WhyReport } from "../../src/core/snapshot.ts";
import { readRegistry } from "../../src/flows/storage/registry.ts";
import { fakeServices } from "../fakes/service-manager.ts";
import { openHost, type RootHost } from "../flows/root-host.ts";

export interface Typed {
  readonly tty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** What the person answers to a question. */
  readonly says?: boolean;
  readonly cwd?: string;
  readonly tmuxMissing?: boolean;
  readonly tmuxExit?: number;
  /** Ctrl-C. */
  readonly interrupted?: AbortSignal;
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class Scratch {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "iap-cli-")));
  readonly host: RootHost = openHost(this.root);
  services = fakeServices(this.host.manager);
  readonly calls: VerbCall[] = [];
  readonly handedOver: string[][] = [];
  /** Each root that an App was asked for. */
  readonly roots: string[] = [];
  /** What the daemon answers to a verb; undefined: no daemon runs. */
  answer: ((call: VerbCall) => VerbAnswer) | undefined;
  configTrouble: IapeerError | null = null;
  /** Something is on its socket, and says nothing. */
  silent = false;
  /** What a question is waited for. */
  before: () => Promise<void> = async () => undefined;
  /** A verb is taken, and not answered as long as a test lasts. */
  slow = false;
  /** How it is, where that is not to be told by the above. */
  daemon: Pick<DaemonStatus, "state" | "pid" | "started" | "config"> | undefined;
  /** What is answered without one. */
  directAnswer: (call: VerbCall) => VerbAnswer = done;
  /** What is met, in turn, where it is to be done without one. */
  readonly met: (() => Direct)[] = [];
  /** Changes what is observed about each peer. */
  observe: (row: PeerRow) => PeerRow = (row) => row;
  /** What `why` is answered about each peer. */
  explained: WhyReport["presences"] = [];

  async type(words: readonly string[], typed: Typed = {}): Promise<Outcome> {
    const terminal = new FakeTerminal(typed, this.handedOver);
    const code = await run({
      words,
      env: { ...(typed.tty === true ? { TERM: "xterm" } : {}), ...typed.env },
      cwd: typed.cwd ?? this.root,
      home: this.root,
      version: "1.2.3",
      program: ["iapeer"],
      terminal,
      createApp: async (root) => {
        this.roots.push(root);
        return ok(this.app());
      },
    });
    return { code, out: terminal.stdout, err: terminal.stderr };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private app(): App {
    return {
      config: this.host.config,
      configTrouble: this.configTrouble,
      host: this.host,
      services: this.services,
      client: this.client(),
      direct: this.direct(),
      runDaemon: async ({ onReady }) => {
        onReady?.();
        return 0;
      },
      holdPeer: async () => ({ end: "ended", detail: "as the test says" }),
    };
  }

  private client(): DaemonClient {
    const none = { state: "no-daemon", why: "nothing answers on its socket" } as const;
    const hung = { state: "unknown", why: "it hangs\u001b" } as const;
    const reach = async <T>(value: () => T) => {
      await this.before();
      if (this.silent) return hung;
      return this.answer === undefined ? none : ({ state: "answered", value: value() } as const);
    };
    return {
      status: async () => {
        const isRunning = this.answer !== undefined;
        const usual = isRunning
          ? ({ state: "running", pid: 4242 } as const)
          : ({ state: "not-running", reason: none.why } as const);
        return { schema: "iapeer.daemon.v1", ...(this.daemon ?? usual) };
      },
      snapshot: () => reach(() => this.snapshot()),
      why: (personality) => reach(() => this.why(personality)),
      verb: async (call) => {
        const { answer } = this;
        if (answer === undefined) return none;
        this.calls.push(call);
        if (this.slow) return new Promise<never>(() => undefined);
        return { state: "answered", value: answer(call) };
      },
      stop: () => reach(() => ({ pid: 4242 })),
    };
  }

  private direct(): DirectSupervisor {
    return {
      verb: async (call) => {
        const met = this.met.shift();
        if (met !== undefined) return met();
        this.calls.push(call);
        return { state: "answered", value: this.directAnswer(call) };
      },
      snapshot: async () => this.snapshot(),
      why: async (personality) => this.why(personality),
    };
  }

  private why(personality: WhyReport["personality"]): WhyReport {
    return { schema: "iapeer.why.v1", personality, presences: this.explained };
  }

  private snapshot(): Snapshot {
    const read = readRegistry(this.host);
    const peers = read.state === "ok" ? read.registry.peers : [];
    return { schema: "iapeer.list.v1", peers: peers.map((peer) => this.observe(asleep(peer))) };
  }
}

const done = (call: VerbCall): VerbAnswer => ({
  result: "done",
  identity: `command-${call.personality}` as never,
  detail: `${call.verb} ${call.personality}`,
});

export const asleep = (peer: RegistryEntry): PeerRow => ({
  personality: peer.personality,
  description: peer.description,
  intelligence: peer.intelligence,
  cwd: peer.cwd,
  default_runtime: peer.default_runtime,
  runtimes: peer.runtimes.map((runtime) => ({
    runtime,
    identity: `${runtime}-${peer.personality}` as never,
    state: "asleep",
    since: null,
    attached: 0,
  })),
});

class FakeTerminal implements CliTerminal {
  stdout = "";
  stderr = "";
  readonly isTty: boolean;
  readonly isErrTty: boolean;
  readonly isInTty: boolean;
  readonly color = false;
  readonly columns = 80;
  readonly rows = 24;
  readonly interrupted: AbortSignal;
  readonly #typed: Typed;
  readonly #handedOver: string[][];

  constructor(typed: Typed, handedOver: string[][]) {
    this.#typed = typed;
    this.#handedOver = handedOver;
    this.isTty = typed.tty === true;
    this.interrupted = typed.interrupted ?? new AbortController().signal;
    this.isErrTty = this.isTty;
    this.isInTty = this.isTty;
  }

  out(text: string): void {
    this.stdout += text;
  }

  err(text: string): void {
    this.stderr += text;
  }

  async confirm(): Promise<boolean> {
    return this.#typed.says === true;
  }

  async readStdin(): Promise<string> {
    return this.#typed.stdin ?? "";
  }

  async handOver(argv: readonly string[]): Promise<number | null> {
    if (this.#typed.tmuxMissing === true) return null;
    this.#handedOver.push([...argv]);
    return this.#typed.tmuxExit ?? 0;
  }

  watchKeys(): () => void {
    return () => undefined;
  }

  async flush(): Promise<null> {
    return null;
  }
}
