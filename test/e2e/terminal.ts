// A real agent in a tmux server of its own, driven as the daemon drives it: by what its adapter
// says about the screen.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { RegistryEntry } from "../../src/core/profile.ts";
import type { LaunchPlan, Runtime, Screen } from "../../src/ports/runtime.ts";
import { waitFor } from "./wait-for.ts";

export class Terminal {
  private readonly dir = mkdtempSync(join(tmpdir(), "iapeer-e2e-tmux-"));
  private readonly socket = join(this.dir, "sock");

  constructor(
    private readonly runtime: Runtime,
    private readonly peer: RegistryEntry,
    plan: LaunchPlan,
  ) {
    const conf = join(this.dir, "tmux.conf");
    writeFileSync(conf, "set -g remain-on-exit on\nset -g focus-events on\n");
    const size = ["-x", "120", "-y", "40"];
    const session = ["new-session", "-d", "-s", "it", "-c", peer.cwd, ...size];
    this.tmux(["-f", conf, ...session, "--", ...plan.argv], {
      PATH: process.env["PATH"] ?? "",
      TERM: "xterm-256color",
      ...plan.env,
    });
  }

  text(style: "plain" | "styled" = "plain"): string {
    return this.tmux(["capture-pane", style === "plain" ? "-p" : "-pe", "-t", "it"]);
  }

  screen(): Screen {
    return this.runtime.readScreen(this.text(), this.peer);
  }

  keys(keys: readonly string[]): void {
    this.tmux(["send-keys", "-t", "it", ...keys]);
  }

  paste(text: string): void {
    this.tmux(["set-buffer", "-b", "m", "--", text]);
    this.tmux(["paste-buffer", "-p", "-r", "-d", "-b", "m", "-t", "it"]);
  }

  /** The text of the first screen that fits. */
  async until(what: string, fits: (screen: Screen, text: string) => boolean): Promise<string> {
    const look = (): string | null => {
      const text = this.text();
      return fits(this.runtime.readScreen(text, this.peer), text) ? text : null;
    };
    return await waitFor(what, look, () => this.text());
  }

  untilDialog(name: string): Promise<string> {
    return this.until(name, (screen) => screen.shows === "dialog" && screen.name === name);
  }

  untilReady(): Promise<readonly string[]> {
    return this.answerUntil("a free prompt", (screen) => screen.shows === "ready");
  }

  /**
   * Answers first-run dialogs as they come, and returns their names in order. The same key again
   * only after a while: a second press would land on what comes next.
   */
  async answerUntil(what: string, done: (screen: Screen) => boolean): Promise<readonly string[]> {
    const passed: string[] = [];
    let answered = "";
    let answeredMs = 0;
    await this.until(what, (screen) => {
      if (done(screen)) return true;
      if (screen.shows === "dialog" && screen.keys !== null) {
        const answer = JSON.stringify([screen.name, screen.keys]);
        if (answer === answered && performance.now() - answeredMs < 3000) return false;
        answered = answer;
        answeredMs = performance.now();
        if (passed.at(-1) !== screen.name) passed.push(screen.name);
        this.keys(screen.keys);
      }
      return false;
    });
    return passed;
  }

  /**
   * Pastes a message and presses Enter until it is sent: for a moment after a paste claude takes
   * no Enter, and shows nothing by which one could tell.
   */
  async say(text: string, sent: () => boolean): Promise<void> {
    this.paste(text);
    const last = text.split("\n").at(-1) ?? text;
    await this.until(`"${last}" in the prompt`, (_, screen) => screen.includes(last));
    let pressedMs = 0;
    await this.until("the message to be sent", (screen) => {
      if (sent()) return true;
      if (screen.shows === "ready" && performance.now() - pressedMs > 1000) {
        pressedMs = performance.now();
        this.keys(["Enter"]);
      }
      return false;
    });
  }

  /** Until the program has ended: some write to their home while they go. */
  async stop(): Promise<void> {
    const pid = this.tmux(["display-message", "-p", "-t", "it", "#{pane_pid}"]).trim();
    this.tmux(["kill-server"]);
    await waitFor("the program to end", () => !Bun.spawnSync(["ps", "-p", pid]).success);
    rmSync(this.dir, { recursive: true, force: true });
  }

  private tmux(args: readonly string[], env?: Readonly<Record<string, string>>): string {
    const spawned = Bun.spawnSync(["tmux", "-u", "-S", this.socket, ...args], {
      stdout: "pipe",
      stderr: "pipe",
      ...(env === undefined ? {} : { env: { ...env } }),
    });
    if (!spawned.success) throw new Error(`tmux ${args[0]}: ${spawned.stderr.toString()}`);
    return spawned.stdout.toString();
  }
}
