// A process of the test that is none of a fleet's, and writes down every signal that reaches it.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { eventually } from "../chaos/fleet.ts";

const NAMES = ["TERM", "HUP", "INT", "QUIT", "USR1", "USR2", "CONT"] as const;

export class Innocent implements AsyncDisposable {
  readonly #child: Bun.Subprocess;
  readonly #log: string;

  private constructor(child: Bun.Subprocess, log: string) {
    this.#child = child;
    this.#log = log;
  }

  /** In `dir`, where it keeps its account. */
  static async start(dir: string): Promise<Innocent> {
    const log = join(dir, "signals");
    const traps = NAMES.map((name) => `trap 'echo ${name} >> "$0"' ${name}`).join("; ");
    // It waits by reading from us: a child that it waited for could outlive it.
    const script = `${traps}; echo ready > "$0"; while :; do read -r line; done`;
    const child = Bun.spawn(["/bin/sh", "-c", script, log], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const innocent = new Innocent(child, log);
    await eventually("the innocent is ready", () => innocent.account().includes("ready"));
    return innocent;
  }

  /** Its pid and start time, as they are. */
  get ref(): ProcessRef {
    const found = createProcesses().identify(this.#child.pid);
    if (found === null || found === "unknown") throw new Error("the innocent is gone");
    return found;
  }

  account(): readonly string[] {
    return existsSync(this.#log) ? readFileSync(this.#log, "utf8").trim().split("\n") : [];
  }

  /** Signals that came, `KILL` when it is gone. */
  signalled(): readonly string[] {
    const { exitCode, signalCode } = this.#child;
    const ended = exitCode === null && signalCode === null ? [] : ["KILL"];
    return [...this.account().filter((line) => line !== "ready"), ...ended];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }
}
