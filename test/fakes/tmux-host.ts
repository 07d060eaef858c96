// The tmux servers of a fake host, each with one session of one pane (facts measured on 3.3a:
// what KILL leaves behind, what waiting clients are told, what happens beside an exiting server).

import type { Identity } from "../../src/core/names.ts";
import type { FakeFiles } from "./files.ts";
import { dirOf } from "./file-tree.ts";
import type { ExitHow, ProcessEntry, ProcessTable } from "./process-table.ts";
import type { Random } from "./random.ts";
import type { VirtualTime } from "./time.ts";

/** What runs in a pane. */
export interface PaneProgram {
  begin(pane: FakePane): void;
  screen(): string;
  paste(text: string): void;
  key(name: string): void;
  /** Answers true when the program deals with the signal itself. */
  signal(name: string): boolean;
}

export interface PaneSpec {
  readonly identity: Identity;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface FakePane extends PaneSpec {
  readonly process: ProcessEntry;
  readonly program: PaneProgram;
  /** Set when its process has ended and the pane stays (remain-on-exit). */
  dead: ExitHow | null;
  /** Its log has a writer, which ends for good when it cannot write. */
  piped: boolean;
  printedWall: number;
}

export interface FakeServer {
  readonly socket: string;
  readonly identity: Identity;
  readonly conf: string;
  /** Folder of its generation. */
  readonly dir: string;
  /** What tmux.conf stamps on it. */
  readonly options: Readonly<Record<string, string>>;
  readonly process: ProcessEntry;
  readonly pane: FakePane;
  /** Asked to end; it still answers connects, and refuses commands. */
  exiting: boolean;
  attached: number;
  readonly waiters: Map<string, Set<(code: number) => void>>;
  /** Channels signalled while nobody waited. */
  readonly signalled: Set<string>;
}

export interface TmuxHostOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly table: ProcessTable;
  readonly files: FakeFiles;
  readonly program: (spec: PaneSpec) => PaneProgram;
  /** What the log of a pane is written by makes the file; false: it could not. */
  readonly openLog: (spec: PaneSpec) => boolean;
  /** Options that the file given with -f sets on the server. */
  readonly readConf: (text: string) => Readonly<Record<string, string>>;
}

/** An exiting server says goodbye to its clients first. */
const EXIT_MAX_MS = 6;
const HANGUP_MAX_MS = 3;
const NOTE_MAX_MS = 2;

export class TmuxHost {
  private readonly bySocket = new Map<string, FakeServer>();
  onPaneDied: ((server: FakeServer) => void) | null = null;
  onAttached: ((server: FakeServer) => void) | null = null;
  /** Told of every new server, before anything runs in it. */
  onBoot: ((server: FakeServer) => void) | null = null;

  constructor(private readonly options: TmuxHostOptions) {}

  openLog(pane: FakePane): void {
    pane.piped = this.options.openLog(pane);
  }

  /** The server that listens on this path; one that was killed listens no more. */
  at(socket: string): FakeServer | null {
    return this.bySocket.get(socket) ?? null;
  }

  servers(): readonly FakeServer[] {
    return [...this.bySocket.values()];
  }

  /** A new server with its session; the path must be free. */
  boot(spec: PaneSpec & { readonly socket: string; readonly conf: string }): FakeServer {
    const { table, files, time, random } = this.options;
    const conf = files.read(spec.conf);
    const process = table.spawn({
      kind: "server",
      owner: dirOf(spec.conf),
      onSignal: (signal) => {
        if (signal === "TERM") this.askToExit(server);
        return signal === "TERM" || signal === "INT" || signal === "HUP";
      },
      onExit: (how) => this.serverGone(server, how),
    });
    const server: FakeServer = {
      socket: spec.socket,
      identity: spec.identity,
      conf: spec.conf,
      dir: dirOf(spec.conf),
      options: conf.state === "ok" ? this.options.readConf(conf.text) : {},
      process,
      pane: this.bootPane(spec, process, () => server),
      exiting: false,
      attached: 0,
      waiters: new Map(),
      signalled: new Set(),
    };
    files.remove(spec.socket);
    files.special(spec.socket, "socket");
    this.bySocket.set(spec.socket, server);
    this.onBoot?.(server);
    this.openLog(server.pane);
    server.pane.program.begin(server.pane);
    time.schedule(random.next() * NOTE_MAX_MS, () => this.notePids(server));
    return server;
  }

  /** As the log's writer does, which is a child of the server. */
  private notePids({ dir, process, pane }: FakeServer): void {
    if (pane.process.state !== "running") return;
    const { pid, start } = pane.process.ref;
    const server = process.ref.pid;
    // A server that has died leaves its pane to whoever has asked for orphans.
    const [reaper] = this.options.table.all();
    const parent = process.state === "running" ? server : (reaper?.ref.pid ?? 1);
    const stat = `${pid} (x y) z) S ${parent} ${"0 ".repeat(17)}${start} 0\n`;
    this.options.files.writeAtomic(`${dir}/pids`, `${server}\n${stat}`);
  }

  private bootPane(
    spec: PaneSpec & { readonly conf: string },
    parent: ProcessEntry,
    server: () => FakeServer,
  ): FakePane {
    const program = this.options.program(spec);
    const process = this.options.table.spawn({
      kind: "pane",
      owner: dirOf(spec.conf),
      parent,
      onSignal: (signal) => program.signal(signal),
      onExit: (how) => this.paneGone(server(), how),
    });
    const { identity, argv, env, cwd } = spec;
    const printedWall = this.options.time.wall();
    return { identity, argv, env, cwd, process, program, dead: null, piped: false, printedWall };
  }

  /** TERM to the server, or `kill-server`. */
  askToExit(server: FakeServer): void {
    if (server.exiting) return;
    server.exiting = true;
    const delay = this.options.random.next() * EXIT_MAX_MS;
    this.options.time.schedule(delay, () => this.options.table.exit(server.process, { code: 0 }));
  }

  /** A blocking `wait-for`; calls back with the client's exit code. */
  wait(socket: string, channel: string, onCode: (code: number) => void): () => void {
    const server = this.at(socket);
    if (server === null || server.exiting || server.signalled.delete(channel)) {
      const code = server === null || server.exiting ? 1 : 0;
      return this.options.time.schedule(1, () => onCode(code));
    }
    const waiting = server.waiters.get(channel) ?? new Set();
    waiting.add(onCode);
    server.waiters.set(channel, waiting);
    return () => waiting.delete(onCode);
  }

  signalChannel(server: FakeServer, channel: string): void {
    const waiting = server.waiters.get(channel);
    if (waiting === undefined || waiting.size === 0) server.signalled.add(channel);
    server.waiters.delete(channel);
    for (const tell of waiting ?? []) this.options.time.schedule(1, () => tell(0));
  }

  attach(server: FakeServer, clients: number): void {
    if (server.exiting) return;
    server.attached = clients;
    this.onAttached?.(server);
  }

  /** The host went down: nothing is left but socket files. */
  reboot(): void {
    this.bySocket.clear();
  }

  private serverGone(server: FakeServer, how: ExitHow): void {
    const { files, time, random, table } = this.options;
    if (this.at(server.socket) === server) {
      this.bySocket.delete(server.socket);
      // KILL leaves the socket file behind, and connects to it are refused.
      if ("code" in how) files.remove(server.socket);
    }
    const code = "code" in how ? 0 : 1;
    for (const waiting of server.waiters.values()) {
      for (const tell of waiting) time.schedule(random.next(), () => tell(code));
    }
    server.waiters.clear();
    const hangup = () => table.deliver(server.pane.process, "HUP");
    time.schedule(random.next() * HANGUP_MAX_MS, hangup);
  }

  private paneGone(server: FakeServer, how: ExitHow): void {
    server.pane.dead = how;
    if (server.process.state !== "running" || server.exiting) return;
    this.onPaneDied?.(server);
  }
}

/** `set -g @name value` lines are all that the fake server takes from its file. */
export function readConf(text: string): Readonly<Record<string, string>> {
  const options: Record<string, string> = {};
  for (const match of text.matchAll(/^set-option -g (@\w+) ["']?([^"'\s]+)["']?$/gm)) {
    const [, name, value] = match;
    if (name !== undefined && value !== undefined) options[name] = value;
  }
  return options;
}
