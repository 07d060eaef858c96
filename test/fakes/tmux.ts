// Tmux over the fake tmux host (ports/tmux.ts): every call takes a little virtual time, as a child
// process would, and goes on in the world when its caller dies.

import type { Identity } from "../../src/core/names.ts";
import type {
  NewSessionOutcome,
  NewSessionSpec,
  PasteSpec,
  QueryOutcome,
  SocketProbe,
  Tmux,
} from "../../src/ports/tmux.ts";
import type { FakeFiles } from "./files.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";
import type { Random } from "./random.ts";
import type { Life, VirtualTime } from "./time.ts";
import type { FakePane, FakeServer, TmuxHost } from "./tmux-host.ts";
import { dirOf } from "./file-tree.ts";
import type { Witnesses } from "./witnesses.ts";

export interface FakeTmuxOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly table: ProcessTable;
  readonly files: FakeFiles;
  readonly host: TmuxHost;
  readonly caller?: ProcessEntry;
  readonly owner: Life | null;
  /** Run the canary scripts; without them a launch is a client of its own. */
  readonly witnesses?: Witnesses;
}

interface Launch {
  readonly spec: NewSessionSpec;
  readonly launcher: ProcessEntry;
  readonly settle: (outcome: NewSessionOutcome) => void;
  booted: boolean;
}

const CALL_MAX_MS = 3;
const NO_SERVER = { state: "no-server" } as const;
const PANE_DEAD = { state: "unknown", detail: "the process in the pane has ended" } as const;

export class FakeTmux implements Tmux {
  /** Answers whether this call gets no answer, as from a stopped server. */
  fails: () => boolean = () => false;
  /** Answers whether a server, which takes the connection, leaves a query without an answer. */
  hangs: () => boolean = () => false;
  /** Extra time that a launch takes, for hosts under load. */
  launchDelayMs: () => number = () => 0;
  /** Answers whether the program to run is missing: then nothing is started. */
  noProgram: () => boolean = () => false;

  constructor(private readonly options: FakeTmuxOptions) {}

  version() {
    return this.later(() => ({ state: "ok", version: "3.3a" }) as const);
  }

  newSession(spec: NewSessionSpec): Promise<NewSessionOutcome> {
    if (this.noProgram()) return this.later(() => unfit(spec));
    const { time, table, owner, random } = this.options;
    return new Promise((resolve) => {
      let settled = false;
      const settle = (outcome: NewSessionOutcome) => {
        if (settled || owner?.ended === true) return;
        settled = true;
        resolve(outcome);
      };
      const { launcher, client } = this.spawnLauncher(spec);
      spec.onClient?.(launcher.ref);
      const launch: Launch = { spec, settle, launcher, booted: false };
      table.watch(client, () => {
        settle(refused("tmux ended without a word"));
        if (launch.booted || !random.chance(0.5)) return;
        // The server had been forked off: it comes up whatever became of its client.
        const { boot } = table;
        time.schedule(random.next() * CALL_MAX_MS, () => {
          if (table.boot === boot) this.boot(client, launch);
        });
      });
      const bootMs = random.next() * CALL_MAX_MS + this.launchDelayMs();
      // Nothing happens when it is gone by then.
      time.schedule(bootMs, () => client.state === "running" && this.boot(client, launch));
      time.schedule(spec.timeoutMs, () => {
        if (settled || owner?.ended === true) return;
        settle({ state: "failed", reason: "timeout", detail: `no answer in ${spec.timeoutMs} ms` });
        table.deliver(launcher, launcher === client ? "KILL" : "TERM");
        if (client.state === "running") table.deliver(client, "KILL");
      });
    });
  }

  /** A canary keeps the client that it starts; without one, the client ends when it is done. */
  private spawnLauncher(spec: NewSessionSpec) {
    const { table, caller, witnesses } = this.options;
    if (spec.canaryScript !== undefined && witnesses !== undefined) {
      const { recorder, client } = witnesses.launch(dirOf(spec.conf));
      return { launcher: recorder, client };
    }
    const parent = caller === undefined ? {} : { parent: caller };
    const client = table.spawn({ kind: "launcher", ...parent });
    return { launcher: client, client };
  }

  private boot(client: ProcessEntry, launch: Launch): void {
    const { random, time, table, host } = this.options;
    const { spec } = launch;
    launch.booted = true;
    const refuse = (detail: string) => {
      launch.settle(refused(detail));
      table.exit(client, { code: 1 });
    };
    const there = host.at(spec.socket);
    if (there !== null) {
      const name = `duplicate session: ${spec.identity}`;
      return refuse(there.exiting ? "server exited unexpectedly" : name);
    }
    if (this.probe(spec.socket) === "not-a-socket") return refuse(`cannot create ${spec.socket}`);
    const server = host.boot(spec);
    time.schedule(random.next() * CALL_MAX_MS, () => this.report(client, server, launch));
  }

  private report(client: ProcessEntry, server: FakeServer, launch: Launch): void {
    const { table, witnesses } = this.options;
    if (client.state !== "running") return;
    const pids = { serverPid: server.process.ref.pid, panePid: server.pane.process.ref.pid };
    if (client === launch.launcher) {
      launch.settle({ state: "up", ...pids });
      table.exit(client, { code: 0 });
      return;
    }
    const { state, ref } = launch.launcher;
    launch.settle({ state: "up", ...pids, ...(state === "running" ? { canary: ref } : {}) });
    witnesses?.waitOn(server, client);
  }

  probe(socket: string): SocketProbe {
    if (this.fails()) return "unknown";
    const stat = this.options.files.stat(socket);
    if (stat.state === "missing") return "missing";
    if (stat.state === "failed") return "unknown";
    if (stat.kind !== "socket") return "not-a-socket";
    return this.options.host.at(socket) === null ? "refused" : "answers";
  }

  listener(socket: string): number | null {
    return this.options.host.at(socket)?.process.ref.pid ?? null;
  }

  query(socket: string, identity: Identity, format: string): Promise<QueryOutcome> {
    return this.ask(socket, identity, (server) => expand(server, format));
  }

  capture(socket: string, identity: Identity): Promise<QueryOutcome> {
    return this.ask(socket, identity, (server) => server.pane.program.screen());
  }

  paste(spec: PasteSpec): Promise<QueryOutcome> {
    return this.inLivePane(spec, ({ program }) => program.paste(spec.text));
  }

  keys(socket: string, identity: Identity, keys: readonly string[]): Promise<QueryOutcome> {
    return this.inLivePane({ socket, identity }, ({ program }) => {
      for (const key of keys) program.key(key);
    });
  }

  openLog(socket: string, identity: Identity): Promise<QueryOutcome> {
    return this.inLivePane({ socket, identity }, (pane) => this.options.host.openLog(pane));
  }

  signalChannel(socket: string, channel: string): Promise<QueryOutcome> {
    return this.ask(socket, null, (server) => {
      this.options.host.signalChannel(server, channel);
      return "";
    });
  }

  private inLivePane(
    { socket, identity }: Pick<PasteSpec, "socket" | "identity">,
    act: (pane: FakePane) => void,
  ): Promise<QueryOutcome> {
    return this.ask(socket, identity, ({ pane }) => {
      if (pane.dead !== null) return PANE_DEAD;
      act(pane);
      return "";
    });
  }

  private ask(
    socket: string,
    identity: Identity | null,
    answer: (server: FakeServer) => string | QueryOutcome,
  ): Promise<QueryOutcome> {
    const isMute = this.fails() || this.hangs();
    return this.later(() => {
      if (isMute) return { state: "unknown", detail: "no answer" };
      const server = this.options.host.at(socket);
      if (server === null || server.exiting) return NO_SERVER;
      const isOther = identity !== null && server.identity !== identity;
      if (isOther) return { state: "unknown", detail: `can't find session: ${identity}` };
      const text = answer(server);
      return typeof text === "string" ? { state: "answered", text } : text;
    });
  }

  private later<T>(answer: () => T): Promise<T> {
    const { time, random, owner } = this.options;
    return new Promise((resolve) => {
      time.schedule(random.next() * CALL_MAX_MS, () => {
        // The child process does its work whether or not anybody still listens.
        const answered = answer();
        if (owner?.ended !== true) resolve(answered);
      });
    });
  }
}

const unfit = ({ argv }: NewSessionSpec): NewSessionOutcome => ({
  state: "failed",
  reason: "unfit",
  detail: `${argv[0]} is not in the PATH of the session`,
  lacks: "program",
  searched: "/usr/bin:/bin",
});

const refused = (detail: string): NewSessionOutcome =>
  ({ state: "failed", reason: "refused", detail });

function expand(server: FakeServer, format: string): string {
  const { pane } = server;
  const values: Record<string, string> = {
    pid: String(server.process.ref.pid),
    pane_pid: String(pane.process.ref.pid),
    pane_dead: pane.dead === null ? "0" : "1",
    pane_dead_status: pane.dead !== null && "code" in pane.dead ? String(pane.dead.code) : "",
    pane_dead_signal: pane.dead !== null && "signal" in pane.dead ? String(pane.dead.signal) : "",
    session_name: server.identity,
    pane_pipe: pane.piped ? "1" : "0",
    window_activity: String(Math.floor(pane.printedWall / 1000)),
    session_attached: String(server.attached),
  };
  return format.replaceAll(/#\{(@?[a-z_]+)\}/g, (_, name: string) => {
    return values[name] ?? server.options[name] ?? "";
  });
}
