// DeathWatch over the fake process table (ports/death-watch.ts).

import { sameProcess, type ProcessRef } from "../../src/core/process-ref.ts";
import type { ArmOutcome, DeathWatch } from "../../src/ports/death-watch.ts";
import type { ProcessTable } from "./process-table.ts";
import type { Random } from "./random.ts";
import type { Life, VirtualTime } from "./time.ts";

export type WatchMode = "good" | "unasked" | "deaf" | "broken";

export interface DeathWatchOptions {
  readonly time: VirtualTime;
  readonly table: ProcessTable;
  readonly random: Random;
  readonly owner: Life | null;
  /** Who watches; nobody watches himself. */
  readonly self?: ProcessRef;
  /**
   * `deaf` never tells, `broken` arms nothing, `unasked` cannot be asked about all at once. The
   * tick is the backstop for them.
   */
  readonly mode?: WatchMode;
}

const TOLD_MAX_MS = 3;

interface Armed {
  readonly process: ProcessRef;
  readonly tell: () => void;
  stop: () => void;
}

export class FakeDeathWatch implements DeathWatch {
  readonly mechanism = "sweep";
  private readonly byPid = new Map<number, Armed>();
  private closed = false;

  constructor(private readonly options: DeathWatchOptions) {}

  arm(process: ProcessRef, onExit: () => void): ArmOutcome {
    const self = process.pid === this.options.self?.pid;
    if (this.closed || self || this.options.mode === "broken") return "failed";
    const entry = this.options.table.running(process);
    if (entry === null) return "already-dead";
    this.byPid.get(process.pid)?.stop();
    const tell = () => {
      if (this.byPid.get(process.pid) !== armed) return;
      this.byPid.delete(process.pid);
      onExit();
    };
    const armed: Armed = { process, tell, stop: () => undefined };
    const unwatch = this.options.table.watch(entry, () => {
      if (this.options.mode === "deaf") return;
      const delay = this.options.random.next() * TOLD_MAX_MS;
      armed.stop = this.options.time.schedule(delay, tell, this.options.owner);
    });
    armed.stop = unwatch;
    this.byPid.set(process.pid, armed);
    return "armed";
  }

  disarm(process: ProcessRef): void {
    const armed = this.byPid.get(process.pid);
    if (armed === undefined || !sameProcess(armed.process, process)) return;
    armed.stop();
    this.byPid.delete(process.pid);
  }

  armed(): number {
    return this.byPid.size;
  }

  catchUp(): boolean {
    if (this.closed || (this.options.mode ?? "good") !== "good") return false;
    const { table, time, owner } = this.options;
    for (const armed of this.byPid.values()) {
      if (table.running(armed.process) !== null) continue;
      armed.stop();
      armed.stop = time.schedule(0, armed.tell, owner);
    }
    return true;
  }

  close(): void {
    this.closed = true;
    for (const { stop } of this.byPid.values()) stop();
    this.byPid.clear();
  }
}

/** Watches nobody: for what only passes through a supervisor. */
export const NO_WATCH: DeathWatch = {
  mechanism: "sweep",
  arm: () => "failed",
  disarm: () => undefined,
  armed: () => 0,
  catchUp: () => false,
  close: () => undefined,
};
