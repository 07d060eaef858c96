// One generation on a real tmux server in a folder of its own, as a launch would make it, with
// what a test needs to kill its parts and to see what their witnesses wrote.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { layout } from "../../src/core/layout.ts";
import type { EndRecord } from "../../src/core/generation.ts";
import type { GenerationId, Identity, Personality, RuntimeName } from "../../src/core/names.ts";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import { wallMs } from "../../src/core/brand.ts";
import { parseCanaryPid } from "../../src/formats/canary-pid.ts";
import { type CanaryFacts, renderCanaryScript } from "../../src/formats/canary-script.ts";
import { parseEndRecord } from "../../src/formats/end-record.ts";
import { renderHookScript } from "../../src/formats/hook-script.ts";
import { renderStartRecord } from "../../src/formats/start-record.ts";
import { renderTmuxConf } from "../../src/formats/tmux-conf.ts";
import { env, exec, oomKills, processes, tmux, tools, until } from "./host-under-test.ts";

export interface GenerationOptions {
  readonly argv?: readonly string[];
  /** Name of the root's folder, as hostile as a test likes. */
  readonly rootName?: string;
  readonly shell?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly facts?: Partial<CanaryFacts>;
  /** An existing root, to put a second generation beside the first. */
  readonly beside?: Generation;
}

let count = 0;

export class Generation {
  readonly scratch: string;
  readonly root: string;
  readonly identity = "command-echo" as Identity;
  readonly id: GenerationId;
  readonly facts: CanaryFacts;
  readonly options: GenerationOptions;
  readonly cwd: string;
  server: ProcessRef | null = null;
  pane: ProcessRef | null = null;
  canary: ProcessRef | null = null;

  constructor(options: GenerationOptions = {}) {
    this.options = options;
    this.scratch = options.beside?.scratch ?? mkdtempSync(join(tmpdir(), "iapeer-"));
    this.root = join(this.scratch, options.rootName ?? "root");
    count += 1;
    this.id = `20260131T000000${String(count).padStart(3, "0")}Z-abcd` as GenerationId;
    const paths = layout(this.root);
    const generation = paths.generation(this.identity, this.id);
    this.cwd = join(this.root, "peers", "echo");
    for (const dir of [generation.dir, paths.panesDir, paths.serverDeathsDir, this.cwd]) {
      mkdirSync(dir, { recursive: true });
    }
    this.facts = {
      identity: this.identity,
      generation: this.id,
      paths: generation,
      socket: join(this.root, "s"),
      exitsLog: paths.exitsLog,
      platform: process.platform === "darwin" ? "darwin" : "linux",
      tools,
      oomKills: oomKills(),
      oomBase: paths.oomBase,
      serverDeathsDir: paths.serverDeathsDir,
      paneLog: paths.paneLog(this.identity),
      secretPaths: [],
      secretNames: [],
      home: tmpdir(),
      forensicsKeep: 50,
      ...options.facts,
    };
    this.writeScripts(generation.attached);
  }

  private writeScripts(attached: string): void {
    const { facts, paths: generation } = this;
    const { paneLog, tools: found } = facts;
    const { hookScript, pids } = generation;
    writeFileSync(generation.canaryScript, renderCanaryScript(facts));
    writeFileSync(hookScript, renderHookScript(facts));
    writeFileSync(
      generation.tmuxConf,
      renderTmuxConf({ generation: this.id, paneLog, hookScript, attached, pids, tools: found }),
    );
  }

  get paths() {
    return layout(this.root).generation(this.identity, this.id);
  }

  /** By a client alone; `arm` starts the canary. */
  launch(): Promise<this> {
    return this.bringUp({});
  }

  /** By the canary, as the daemon does: the client that brought the server up waits in it. */
  async launchWatched(): Promise<this> {
    await this.bringUp({ canaryScript: this.paths.canaryScript });
    await until("canary.pid", () => this.canaryPid());
    return this;
  }

  private async bringUp(how: { canaryScript?: string }): Promise<this> {
    const outcome = await tmux.newSession({
      socket: this.facts.socket,
      identity: this.identity,
      conf: this.paths.tmuxConf,
      cwd: this.cwd,
      argv: this.options.argv ?? ["/bin/cat"],
      env: { ...env, ...this.options.env },
      timeoutMs: 10_000,
      ...how,
    });
    if (outcome.state === "failed") throw new Error(`launch: ${outcome.detail}`);
    this.server = this.refOf(outcome.serverPid);
    this.pane = this.refOf(outcome.panePid);
    if (outcome.canary !== undefined) this.canary = this.refOf(outcome.canary.pid);
    this.writeStart(this.server);
    return this;
  }

  /** A process that has ended already keeps its pid for the record. */
  private refOf(pid: number): ProcessRef {
    const found = processes.identify(pid);
    return found === null || found === "unknown" ? { pid, start: "1" } : found;
  }

  writeStart(server: ProcessRef | null): void {
    const record = renderStartRecord({
      version: 1,
      identity: this.identity,
      generation: this.id,
      personality: "echo" as Personality,
      runtime: "command" as RuntimeName,
      cwd: this.cwd,
      argv: ['"server":{"pid":1,"start":"x"}'],
      mode: "fresh",
      cause: "start",
      startedWall: wallMs(0),
      bootId: "boot",
      socket: this.facts.socket,
      ...(server === null ? {} : { server }),
    });
    writeFileSync(this.paths.start, record);
  }

  /** Starts a canary beside a server; returns when its client waits in it. */
  async arm(): Promise<ProcessRef> {
    const recorder = this.spawnCanary();
    await this.watched();
    return recorder;
  }

  /** Waits until the server has a client, and the canary has said who it is. */
  async watched(): Promise<void> {
    await until("a client in the server", () => this.clients() > 0);
    await until("canary.pid", () => this.canaryPid());
  }

  /** Connections that the server has accepted; each shows its path in /proc/net/unix. */
  clients(): number {
    if (!existsSync("/proc/net/unix")) return this.theClient() === null ? 0 : 1;
    const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
    return lines.filter((line) => line.endsWith(` ${this.facts.socket}`)).length - 1;
  }

  theCanary(): ProcessRef {
    if (this.canary === null) throw new Error("no canary");
    return this.canary;
  }

  theServer(): ProcessRef {
    if (this.server === null) throw new Error("no server");
    return this.server;
  }

  /** The tmux client that the canary waits for. */
  theClient(): ProcessRef | null {
    const children = processes.descendants(this.theCanary());
    return children.find((child) => nameOf(child).startsWith("tmux")) ?? null;
  }

  spawnCanary(): ProcessRef {
    const [shell = "/bin/sh", ...rest] = this.options.shell ?? [tools.sh];
    const argv = [shell, ...rest, this.paths.canaryScript];
    const detached = exec.detach({ argv, env: {}, cwd: "/" });
    if (detached.state !== "spawned") throw new Error(detached.detail);
    this.canary = this.refOf(detached.process.pid);
    return this.canary;
  }

  canaryPid(): ProcessRef | null {
    const { canaryPid } = this.paths;
    return existsSync(canaryPid) ? parseCanaryPid(readFileSync(canaryPid, "utf8")) : null;
  }

  end(): EndRecord | null {
    if (!existsSync(this.paths.end)) return null;
    const parsed = parseEndRecord(readFileSync(this.paths.end, "utf8"));
    if (!parsed.ok) throw new Error(`end.json: ${parsed.error}`);
    return parsed.value;
  }

  paneText(): string {
    return readFileSync(this.facts.paneLog, "utf8");
  }

  exitLines(): string[] {
    const { exitsLog } = this.facts;
    return existsSync(exitsLog) ? readFileSync(exitsLog, "utf8").split("\n").filter(Boolean) : [];
  }

  async gone(process: ProcessRef): Promise<void> {
    await until(`the end of pid ${process.pid}`, () => processes.liveness(process) === "dead");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of [this.server, this.canary]) {
      if (process === null) continue;
      for (const child of process === this.canary ? processes.descendants(process) : []) {
        processes.signal(child, "KILL");
      }
      processes.signal(process, "KILL");
      await this.gone(process);
    }
    if (this.options.beside === undefined) rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** The name that the kernel shows; tmux names its processes after their part. */
const nameOf = ({ pid }: ProcessRef): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8");
  } catch {
    return ""; // It has ended in the meantime.
  }
};
