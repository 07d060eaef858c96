// A whole iapeer in a scratch root, spoken to as a person would: through its command line.

import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createProcesses } from "../../src/effects/processes.ts";
import { waitFor } from "./wait-for.ts";

const processes = createProcesses();
const MAIN = join(import.meta.dir, "../../src/main.ts");

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface EndRecord {
  readonly ev: string;
  readonly generation: string;
  readonly reason?: string;
  readonly cause?: string;
  readonly dead_signal?: number;
  readonly verdict: { readonly signal?: number; readonly ours: boolean; readonly oom: string };
}

export interface Presence {
  readonly state: string;
  readonly server_pid?: number;
  readonly pane_pid?: number;
}

interface PeerList {
  readonly peers: readonly {
    readonly personality: string;
    readonly runtimes: readonly Presence[];
  }[];
}

export class Fleet {
  private readonly home = realpathSync(mkdtempSync(join(tmpdir(), "iapeer-e2e-home-")));
  readonly root = join(this.home, "root");
  private daemon: Bun.Subprocess | null = null;

  constructor(private readonly settings: Readonly<Record<string, string>> = {}) {}

  async start(): Promise<void> {
    this.daemon = Bun.spawn([process.execPath, MAIN, "daemon", "run"], {
      env: this.env(),
      stdin: "ignore",
      stdout: "ignore",
      stderr: Bun.file(join(this.home, "daemon.stderr")),
    });
    const stderr = () => readFileSync(join(this.home, "daemon.stderr"), "utf8");
    const daemon = this.daemon;
    const answers = async (): Promise<boolean> => {
      if (daemon.exitCode !== null) throw new Error(`the daemon ended: ${stderr()}`);
      return (await this.run(["daemon", "status"])).exitCode === 0;
    };
    await waitFor("the daemon to answer", answers, stderr);
  }

  /** Ends every session and the daemon, then takes the root away. */
  async stop(): Promise<void> {
    await this.run(["stop", "--all", "--yes"]);
    this.daemon?.kill("SIGTERM");
    await this.daemon?.exited;
    await this.endLeftovers();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 10 });
  }

  /** What a daemon that failed its test has left. */
  private async endLeftovers(): Promise<void> {
    const list = await this.run(["list", "--json"]);
    if (list.exitCode !== 0) return;
    const { peers }: PeerList = JSON.parse(list.stdout);
    for (const { server_pid: pid } of peers.flatMap((peer) => peer.runtimes)) {
      const server = pid === undefined ? null : processes.identify(pid);
      if (server !== null && server !== "unknown") processes.signal(server, "KILL");
    }
  }

  async run(args: readonly string[]): Promise<Answer> {
    const child = Bun.spawn([process.execPath, MAIN, ...args], {
      env: this.env(),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr, exitCode] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { exitCode, stdout, stderr };
  }

  /** Fails with everything that was printed unless the verb succeeded. */
  async must(args: readonly string[]): Promise<Answer> {
    const answer = await this.run(args);
    if (answer.exitCode !== 0) {
      const { stdout, stderr } = answer;
      const told = `${stdout}${stderr}\n${this.story()}`;
      throw new Error(`iapeer ${args.join(" ")}: exit ${answer.exitCode}\n${told}`);
    }
    return answer;
  }

  async json<T>(args: readonly string[]): Promise<T> {
    return JSON.parse((await this.must([...args, "--json"])).stdout);
  }

  async presence(peer: string): Promise<Presence> {
    const list = await this.json<PeerList>(["list"]);
    const found = list.peers.find((entry) => entry.personality === peer)?.runtimes[0];
    if (found === undefined) throw new Error(`${peer} is not in the list`);
    return found;
  }

  async ends(peer: string): Promise<readonly EndRecord[]> {
    const { stdout } = await this.must(["exits", peer, "--all", "--json"]);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  /** All that is known about what happened, for the report of a test that failed. */
  story(): string {
    const logs = join(this.root, "logs/iapeer");
    const panes = join(logs, "panes");
    const paths = ["lifecycle.log", "exits.log"].map((name) => join(logs, name));
    if (existsSync(panes)) paths.push(...readdirSync(panes).map((name) => join(panes, name)));
    return paths
      .filter((path) => existsSync(path))
      .map((path) => `--- ${path}\n${Bun.stripANSI(readFileSync(path, "utf8").slice(-3000))}`)
      .join("\n");
  }

  log(name: string): string {
    return readFileSync(join(this.root, "logs/iapeer", name), "utf8");
  }

  private env(): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: this.home,
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
      IAPEER_ROOT: this.root,
      ...this.settings,
    };
  }
}
