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
import { createClock } from "../../src/effects/clock.ts";
import { createExec } from "../../src/effects/exec.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { createTmux } from "../../src/effects/tmux.ts";
import { parseCanaryPid } from "../../src/formats/canary-pid.ts";
import { type CanaryFacts, renderCanaryScript } from "../../src/formats/canary-script.ts";
import { parseEndRecord } from "../../src/formats/end-record.ts";
import { renderHookScript } from "../../src/formats/hook-script.ts";
import { renderStartRecord } from "../../src/formats/start-record.ts";
import { renderTmuxConf } from "../../src/formats/tmux-conf.ts";
import { TMUX } from "./tmux-program.ts";
import { findWitnessTools } from "../../src/formats/witness-tools.ts";

export const clock = createClock();
export const processes = createProcesses();
export const exec = createExec(clock, processes);
export const tools = findWitnessTools({ tmux: TMUX, isFile: existsSync });
export const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: tmpdir() };
export const tmux = createTmux({ clock, exec, processes, tmuxPath: tools.tmux, env });

/** Every shell that the scripts must run under, the system's own first. */
export const SHELLS: readonly (readonly string[])[] = [
  [tools.sh],
  ...[["dash"], ["bash", "--posix"], ["busybox", "sh"]].flatMap(([name = "", ...rest]) => {
    const path = Bun.which(name);
    return path === null ? [] : [[path, ...rest]];
  }),
];

/** Waits for a condition, looking every 2 ms; throws with the words of what never came. */
export async function until<T>(what: string, look: () => T | null | false): Promise<T> {
  const end = clock.mono() + 10_000;
  for (;;) {
    const seen = look();
    if (seen !== null && seen !== false) return seen;
    if (clock.mono() > end) throw new Error(`never came: ${what}`);
    await clock.sleep(2);
  }
}

export interface GenerationOptions {
  readonly argv?: readonly string[];
  /** Name of the root's folder, as hostile as a test likes. */
  readonly rootName?: string;
  readonly shell?: readonly string[];
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
      socket: join(this.scratch, "s"),
      exitsLog: paths.exitsLog,
      platform: process.platform === "darwin" ? "darwin" : "linux",
      tools,
      oomKills: oomKills(),
      serverDeathsDir: paths.serverDeathsDir,
      paneLog: paths.paneLog(this.identity),
      secretPaths: [],
      home: tmpdir(),
      forensicsKeep: 50,
      ...options.facts,
    };
    this.writeScripts(generation.attached);
  }

  private writeScripts(attached: string): void {
    const { facts, generation } = { facts: this.facts, generation: this.paths };
    const { paneLog, tools: found } = facts;
    const hookScript = generation.hookScript;
    writeFileSync(generation.canaryScript, renderCanaryScript(facts));
    writeFileSync(hookScript, renderHookScript(facts));
    writeFileSync(
      generation.tmuxConf,
      renderTmuxConf({ generation: this.id, paneLog, hookScript, attached, tools: found }),
    );
  }

  get paths() {
    return layout(this.root).generation(this.identity, this.id);
  }

  async launch(): Promise<this> {
    const outcome = await tmux.newSession({
      socket: this.facts.socket,
      identity: this.identity,
      conf: this.paths.tmuxConf,
      cwd: this.cwd,
      argv: this.options.argv ?? ["/bin/cat"],
      env,
      timeoutMs: 10_000,
    });
    if (outcome.state === "failed") throw new Error(`launch: ${outcome.detail}`);
    this.server = this.refOf(outcome.serverPid);
    this.pane = this.refOf(outcome.panePid);
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

  /** Starts a canary and waits until its client waits in the server. */
  async arm(): Promise<ProcessRef> {
    const recorder = this.spawnCanary();
    await until("the canary's client", () => this.clientOf(recorder));
    const listed = () =>
      exec.run({
        argv: [tools.tmux, "-S", this.facts.socket, "list-clients", "-F", "#{client_pid}"],
        env,
        timeoutMs: 5000,
      });
    for (;;) {
      const client = this.clientOf(recorder);
      // Without a terminal a client is in no list; the server's own count of descriptors is.
      if (client !== null && (await listed()).state === "ok" && isBlocked(client)) break;
      await clock.sleep(2);
    }
    return recorder;
  }

  spawnCanary(): ProcessRef {
    const [shell = "/bin/sh", ...rest] = this.options.shell ?? [tools.sh];
    const argv = [shell, ...rest, this.paths.canaryScript];
    const detached = exec.detach({ argv, env: {}, cwd: "/" });
    if (detached.state !== "spawned") throw new Error(detached.detail);
    this.canary = this.refOf(detached.process.pid);
    return this.canary;
  }

  /** The tmux client that a recorder waits for. */
  clientOf(recorder: ProcessRef): ProcessRef | null {
    return processes.descendants(recorder).find((child) => nameOf(child).includes("tmux")) ?? null;
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

const nameOf = ({ pid }: ProcessRef): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8");
  } catch {
    return ""; // It has ended in the meantime.
  }
};
const isBlocked = (process: ProcessRef): boolean => nameOf(process) !== "";

function oomKills(): number | null {
  if (!existsSync("/proc/vmstat")) return null;
  const count = /^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "utf8"))?.[1];
  return count === undefined ? null : Number(count);
}
