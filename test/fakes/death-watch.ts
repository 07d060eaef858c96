// DeathWatch over the fake process table (ports/death-watch.ts).

import { sameProcess, type ProcessRef } from "../../src/core/process-ref.ts";
import type { ArmOutcome, DeathWatch } from "../../src/ports/death-watch.ts";
import type { ProcessTable } from "./process-table.ts";
import type { Random } from "./random.ts";
import type { Life, VirtualTime } from "./time.ts";

export interface DeathWatchOptions {
  readonly time: VirtualTime;
  readonly table: ProcessTable;
  readonly random: Random;
  readonly owner: Life | null;
  /** Who watches; nobody watches himself. */
  readonly self?: ProcessRef;
  /** `deaf` never tells; `broken` arms nothing. The tick is the backstop for both. */
  readonly mode?: "good" | "deaf" | "broken";
}

const TOLD_MAX_MS = 3;

interface Armed {
  readonly process: ProcessRef;
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
    const armed: Armed = { process, stop: () => undefined };
    const tell = () => {
      if (this.byPid.get(process.pid) !== armed) return;
      this.byPid.delete(process.pid);
      onExit();
    };
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
  close: () => undefined,
};
