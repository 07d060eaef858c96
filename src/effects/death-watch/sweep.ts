// Deaths noticed by asking: for kernels and sandboxes without a queue, and for processes that the
// queue had no room for (lifecycle §4). Runs only while something is armed.

import type { ProcessRef } from "../../core/process-ref.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Processes } from "../../ports/processes.ts";

/**
 * kill(pid, 0) costs a microsecond and is asked of everyone; a zombie or a reused pid takes a look
 * that costs ten, of which a sweep makes no more than this, in turn.
 */
const LOOKS_MAX = 200;

export class Sweep {
  private readonly armed = new Map<ProcessRef, () => void>();
  private stop: (() => void) | null = null;
  private turn = 0;

  constructor(
    private readonly everyMs: number,
    private readonly clock: Clock,
    private readonly processes: Processes,
  ) {}

  get size(): number {
    return this.armed.size;
  }

  /** `process` itself is the key: `remove` takes the same object. */
  add(process: ProcessRef, onExit: () => void): void {
    this.armed.set(process, onExit);
    this.schedule();
  }

  remove(process: ProcessRef): void {
    this.armed.delete(process);
    if (this.armed.size === 0) this.pause();
  }

  close(): void {
    this.armed.clear();
    this.pause();
  }

  private schedule(): void {
    if (this.stop !== null || this.armed.size === 0) return;
    this.stop = this.clock.after(this.everyMs, () => {
      this.stop = null;
      this.sweep();
      this.schedule();
    });
  }

  private pause(): void {
    this.stop?.();
    this.stop = null;
  }

  private sweep(): void {
    const entries = [...this.armed];
    const from = this.turn % Math.max(1, entries.length);
    this.turn = from + LOOKS_MAX;
    for (const [index, [process, onExit]] of entries.entries()) {
      const behind = (index - from + entries.length) % entries.length;
      if (!this.isDead(process, behind < LOOKS_MAX)) continue;
      this.remove(process);
      onExit();
    }
  }

  private isDead(process: ProcessRef, look: boolean): boolean {
    if (this.processes.exists(process.pid) === "dead") return true;
    return look && this.processes.liveness(process) === "dead";
  }
}
