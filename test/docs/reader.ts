// Somebody who follows a page: a home of their own, `iapeer` on their PATH, a daemon if the page
// starts none, and a shell for each block. What they leave running is ended, each by its pid.

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT, type CommandBlock } from "./markdown.ts";

const BLOCK_BOUND_MS = 60_000;
const START_BOUND_MS = 10_000;
const END_BOUND_MS = 20_000;

export interface BlockResult {
  readonly exit: number | null;
  readonly output: string;
}

type Child = Bun.Subprocess<"ignore", "pipe", "pipe">;

export class Reader {
  private readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "iad-")));
  private readonly env: Record<string, string>;
  private readonly background: Child[] = [];

  constructor() {
    const home = join(this.folder, "home");
    const bin = join(this.folder, "bin");
    for (const folder of [home, bin, join(this.folder, "tmux")]) mkdirSync(folder);
    symlinkSync(join(PROJECT, "src/main.ts"), join(bin, "iapeer"));
    symlinkSync(process.execPath, join(bin, "bun"));
    chmodSync(home, 0o700);
    this.env = {
      HOME: home,
      PATH: `${home}/.local/bin:${bin}:${process.env["PATH"] ?? "/usr/bin:/bin"}`,
      LANG: "C.UTF-8",
      NO_COLOR: "1",
      TMPDIR: this.folder,
      TMUX_TMPDIR: join(this.folder, "tmux"),
      EDITOR: "true",
    };
  }

  /** Commands of the README are typed in the checkout, all others anywhere: at home. */
  private cwdOf(page: string): string {
    return page === "README.md" || page === "CONTRIBUTING.md" ? PROJECT : (this.env["HOME"] ?? "/");
  }

  async run(block: CommandBlock): Promise<BlockResult> {
    if (block.run?.background === true) return this.start(block.text, this.cwdOf(block.page));
    const child = this.spawn(["sh", "-eu", "-c", block.text], this.cwdOf(block.page));
    const timer = setTimeout(() => child.kill("SIGKILL"), BLOCK_BOUND_MS);
    const output = await Promise.all([child.stdout.text(), child.stderr.text()]);
    await child.exited;
    clearTimeout(timer);
    return { exit: child.exitCode, output: output.join("") };
  }

  startDaemon(): Promise<BlockResult> {
    return this.start("iapeer daemon run", this.cwdOf(""));
  }

  /** A program that goes on: it counts as started when the daemon answers. */
  private async start(text: string, cwd: string): Promise<BlockResult> {
    const child = this.spawn(["sh", "-eu", "-c", `exec ${text}`], cwd);
    this.background.push(child);
    const until = performance.now() + START_BOUND_MS;
    while (performance.now() < until && child.exitCode === null) {
      const status = await this.ask(["iapeer", "daemon", "status"]);
      if (status === 0) return { exit: 0, output: "" };
    }
    child.kill("SIGTERM");
    return { exit: child.exitCode, output: await child.stderr.text() };
  }

  async leave(): Promise<void> {
    await this.ask(["iapeer", "stop", "--all", "--yes"]);
    await this.ask(["iapeer", "daemon", "stop"]);
    for (const child of this.background) {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), END_BOUND_MS);
      await child.exited;
      clearTimeout(timer);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async ask(argv: string[]): Promise<number> {
    const child = this.spawn(argv, this.cwdOf(""));
    const timer = setTimeout(() => child.kill("SIGKILL"), END_BOUND_MS);
    const exit = await child.exited;
    clearTimeout(timer);
    return exit;
  }

  private spawn(argv: string[], cwd: string): Child {
    return Bun.spawn(argv, { cwd, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
  }
}
