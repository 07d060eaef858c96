// One fake host: it outlives any number of daemons, which get their ports from `host()`.

import { defaultConfig, type Config } from "../../src/core/config.ts";
import { layout, type Layout } from "../../src/core/layout.ts";
import type { LogEvent, LogName } from "../../src/core/log-event.ts";
import type { RuntimeName } from "../../src/core/names.ts";
import type { DeathWatch } from "../../src/ports/death-watch.ts";
import type { Host } from "../../src/ports/host.ts";
import type { Runtime } from "../../src/ports/runtime.ts";
import { FakeClock } from "./clock.ts";
import { FakeDeathWatch, type WatchMode } from "./death-watch.ts";
import { FakeExec } from "./exec.ts";
import { FakeFiles } from "./files.ts";
import { UNTOLD } from "./folder-changes.ts";
import {
  guardExec,
  guardFiles,
  guardLogBook,
  guardProcesses,
  guardTmux,
  Incarnation,
  type Effect,
} from "./guard.ts";
import { FakeIds } from "./ids.ts";
import { FakeLock, LockTable } from "./lock.ts";
import { FakeLogBook } from "./log-book.ts";
import { ProcessTable, type ProcessEntry } from "./process-table.ts";
import { FakeProcesses } from "./processes.ts";
import { ProgramRun, type Behaviour } from "./programs.ts";
import { Random } from "./random.ts";
import { agentRuntime, plainRuntime, type Conversation } from "./runtime.ts";
import { FakeServiceManager } from "./service-manager.ts";
import { VirtualTime } from "./time.ts";
import { FakeTmux } from "./tmux.ts";
import { readConf, TmuxHost, type FakePane, type PaneSpec } from "./tmux-host.ts";
import { dirOf } from "./file-tree.ts";
import { Witnesses } from "./witnesses.ts";

export interface SimWorldOptions {
  readonly seed: number;
  readonly zombies?: boolean;
  readonly config?: Partial<Config>;
  readonly behaviour?: (spec: PaneSpec, random: Random) => Behaviour;
}

/** What goes wrong at present. */
export interface Faults {
  /** Probability that a look at a process or a server gets no answer. */
  unknown: number;
  launchDelayMs: number;
  watch: WatchMode;
  /** What peers run is not there: nothing is started. */
  noProgram: boolean;
  /** Servers take connections, and answer nothing; and nobody tells which boot this is. */
  hung: boolean;
  bootless: boolean;
}

const FLAWLESS: Faults = {
  unknown: 0,
  launchDelayMs: 0,
  watch: "good",
  noProgram: false,
  hung: false,
  bootless: false,
};

/** The ports of one life of the daemon, and that life. */
export interface Manned {
  readonly life: Incarnation;
  readonly host: Host;
  readonly watch: DeathWatch;
  readonly process: ProcessEntry;
}

const ROOT = "/home/iapeer/.iapeer";
const UID = 1000;
const PIDS = 512;

export const GOOD: Behaviour = {
  bootMs: 20,
  dialog: false,
  exits: null,
  stubborn: false,
  turnMs: 500,
};

export class SimWorld {
  readonly config: Config;
  readonly layout: Layout = layout(ROOT);
  readonly random: Random;
  readonly time = new VirtualTime();
  readonly table: ProcessTable;
  readonly files: FakeFiles;
  readonly tmux: TmuxHost;
  readonly locks: LockTable;
  readonly witnesses: Witnesses;
  readonly manager = new FakeServiceManager();
  readonly conversations = new Map<string, Conversation>();
  readonly runtimes: ReadonlyMap<RuntimeName, Runtime>;
  readonly faults: Faults = { ...FLAWLESS };
  /** Told when an agent's turn is over. */
  onReply: ((pane: FakePane, message: string) => void) | null = null;
  /** Told of every event that a daemon logs, whether or not it could be written. */
  onLog: ((log: LogName, event: LogEvent) => void) | null = null;
  /** Told of every output of a pane. */
  onOutput: ((pane: FakePane) => void) | null = null;
  private readonly faultRandom: Random;

  constructor(private readonly options: SimWorldOptions) {
    const { time } = this;
    this.random = new Random(options.seed);
    const random = this.random.fork();
    this.faultRandom = this.random.fork();
    this.config = { ...defaultConfig(ROOT), ...options.config };
    const zombies = options.zombies === true;
    this.table = new ProcessTable({ time, random, pids: PIDS, zombies });
    const { table } = this;
    const wall = () => Math.floor(time.wall());
    this.files = new FakeFiles({ wall, mono: () => time.mono(), uid: UID });
    const { files } = this;
    const program = (spec: PaneSpec) => this.program(spec);
    const openLog = ({ identity }: PaneSpec) =>
      files.append(this.layout.paneLog(identity), "").state === "ok";
    this.tmux = new TmuxHost({ time, random, table, files, program, openLog, readConf });
    const { tmux } = this;
    this.locks = new LockTable(time);
    const exitsLog = this.layout.exitsLog;
    this.witnesses = new Witnesses({ time, random, table, files, tmux, exitsLog });
    this.tmux.onPaneDied = (server) => this.witnesses.paneDied(server);
    this.tmux.onAttached = ({ dir, attached }) =>
      void this.files.writeAtomic(`${dir}/attached`, `${attached}\n`);
    this.runtimes = new Map(
      [plainRuntime(), agentRuntime(this.conversations)].map((each) => [each.name, each]),
    );
  }

  /** A new daemon process, and everything that it can reach. */
  man(crashAt: number | null = null, onCrashAt?: (effect: Effect) => void): Manned {
    const process = this.table.spawn({ kind: "daemon", onExit: () => life.die() });
    const life: Incarnation = new Incarnation({
      crashAt,
      ...(onCrashAt === undefined ? {} : { onCrashAt }),
      onDeath: () => {
        watch.close();
        this.locks.releaseAll();
        this.table.exit(process, { signal: 9 });
      },
    });
    const { time, table, random } = this;
    const mode = this.faults.watch;
    const self = process.ref;
    const watch = new FakeDeathWatch({ time, table, random, owner: life, self, mode });
    return { life, host: this.host(life, process), watch, process };
  }

  /** The power goes: every process with it, and some of what was not yet on the disk. */
  reboot(offMs: number): readonly string[] {
    this.table.reboot();
    this.tmux.reboot();
    const lost = this.files.loss.crash(this.files.tree, this.time.mono(), this.faultRandom);
    this.time.reboot(offMs);
    return lost;
  }

  private host(life: Incarnation, process: ProcessEntry): Host {
    const { time, table, random, config, layout: paths, manager, runtimes } = this;
    const clock = new FakeClock(time, life);
    const unknown = () => this.faults.unknown > 0 && this.faultRandom.chance(this.faults.unknown);
    const processes = new FakeProcesses(table, process.ref);
    processes.fails = unknown;
    processes.bootless = () => this.faults.bootless;
    const tmux = new FakeTmux({
      time,
      random,
      table,
      files: this.files,
      host: this.tmux,
      caller: process,
      owner: life,
      witnesses: this.witnesses,
    });
    tmux.fails = unknown;
    tmux.hangs = () => this.faults.hung;
    tmux.launchDelayMs = () => this.faults.launchDelayMs;
    tmux.noProgram = () => this.faults.noProgram;
    const files = guardFiles(this.files, life);
    const log = new FakeLogBook({ files: this.files, clock, layout: paths });
    log.onEvent = (name, event) => this.onLog?.(name, event);
    return {
      config,
      layout: paths,
      clock,
      files: this.faults.watch === "good" ? files : { ...files, changesIn: () => UNTOLD },
      exec: guardExec(this.exec(life), life),
      processes: guardProcesses(processes, life),
      lock: new FakeLock(this.locks, life),
      log: guardLogBook(log, life),
      ids: new FakeIds(random),
      tmux: guardTmux(tmux, life),
      runtimes,
      manager,
      facts: {
        env: { PATH: "/usr/bin:/bin" },
        home: "/home/iapeer",
        hostname: "fake",
        uid: UID,
        platform: "linux",
        version: "0.0.0",
        program: ["/usr/bin/bun", "/opt/iapeer/main.ts"],
      },
    };
  }

  private exec(life: Incarnation): FakeExec {
    return new FakeExec({
      time: this.time,
      owner: life,
      find: () => null,
      start: ({ argv }) => {
        const script = argv[1] ?? "";
        return script.endsWith("/canary.sh") ? this.witnesses.canary(dirOf(script)) : null;
      },
    });
  }

  private program(spec: PaneSpec): ProgramRun {
    const { time, table, random, conversations } = this;
    const behaviour = this.options.behaviour?.(spec, this.random) ?? GOOD;
    const output = (pane: FakePane, text: string) => {
      const log = this.layout.paneLog(pane.identity);
      pane.printedWall = time.wall();
      // Into one that has been removed it goes unseen.
      if (pane.piped && this.files.stat(log).state === "ok") {
        pane.piped = this.files.append(log, text).state === "ok";
      }
      this.onOutput?.(pane);
    };
    const onReply = (pane: FakePane, message: string) => this.onReply?.(pane, message);
    const options = { time, table, random, conversations, output, onReply };
    return new ProgramRun(options, behaviour);
  }
}
