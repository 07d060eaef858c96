// A whole iapeer in a scratch root, spoken to as a person would: through its command line.

import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { waitFor } from "./wait-for.ts";

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
  readonly deadSignal?: number;
  readonly verdict: { readonly signal?: number; readonly ours: boolean; readonly oom: string };
}

export interface Presence {
  readonly state: string;
  readonly server_pid?: number;
  readonly pane_pid?: number;
}

export class Fleet {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "iapeer-e2e-root-")));
  private daemon: Bun.Subprocess | null = null;

  constructor(private readonly settings: Readonly<Record<string, string>> = {}) {}

  async start(): Promise<void> {
    this.daemon = Bun.spawn([process.execPath, MAIN, "daemon", "run"], {
      env: this.env(),
      stdin: "ignore",
      stdout: "ignore",
      stderr: Bun.file(join(this.root, "daemon.stderr")),
    });
    await waitFor(
      "the daemon to answer",
      async () => (await this.run(["daemon", "status"])).exitCode === 0,
      () => readFileSync(join(this.root, "daemon.stderr"), "utf8"),
    );
  }

  /** Ends every session and the daemon, then takes the root away. */
  async stop(): Promise<void> {
    await this.run(["stop", "--all", "--yes"]);
    this.daemon?.kill("SIGTERM");
    await this.daemon?.exited;
    rmSync(this.root, { recursive: true, force: true, maxRetries: 10 });
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
      throw new Error(`iapeer ${args.join(" ")}: exit ${answer.exitCode}\n${stdout}${stderr}`);
    }
    return answer;
  }

  async json<T>(args: readonly string[]): Promise<T> {
    return JSON.parse((await this.must([...args, "--json"])).stdout);
  }

  async presence(peer: string): Promise<Presence> {
    const list = await this.json<{
      peers: readonly { personality: string; runtimes: readonly Presence[] }[];
    }>(["list"]);
    const found = list.peers.find((entry) => entry.personality === peer)?.runtimes[0];
    if (found === undefined) throw new Error(`${peer} is not in the list`);
    return found;
  }

  async ends(peer: string): Promise<readonly EndRecord[]> {
    const { stdout } = await this.must(["exits", peer, "--json"]);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  log(name: string): string {
    return readFileSync(join(this.root, "logs/iapeer", name), "utf8");
  }

  private env(): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: this.root,
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
      IAPEER_ROOT: this.root,
      ...this.settings,
    };
  }
}
