// Processes over the fake process table (ports/processes.ts).

import { type ProcessRef, UNKNOWN_BOOT } from "../../src/core/process-ref.ts";
import type { Liveness } from "../../src/core/states.ts";
import type {
  Processes,
  ProcessUse,
  SignalName,
  SignalOutcome,
} from "../../src/ports/processes.ts";
import type { ProcessTable } from "./process-table.ts";

export class FakeProcesses implements Processes {
  /** Answers whether this query fails, as on an overloaded or guarded host. */
  fails: () => boolean = () => false;
  bootless: () => boolean = () => false;

  constructor(
    private readonly table: ProcessTable,
    private readonly me: ProcessRef,
  ) {}

  identify(pid: number): ProcessRef | null | "unknown" {
    if (this.fails()) return "unknown";
    const entry = this.table.get(pid);
    return entry?.state === "running" ? entry.ref : null;
  }

  liveness(process: ProcessRef): Liveness {
    if (this.fails()) return "unknown";
    return this.table.running(process) === null ? "dead" : "alive";
  }

  bothAlive(parent: ProcessRef, child: ProcessRef): boolean {
    return !this.fails() && this.parent(child) === parent.pid;
  }

  childOf(parent: ProcessRef, pid: number): ProcessRef | null {
    const found = this.fails() ? null : this.table.get(pid);
    const isChild = found?.state === "running" && this.parent(found.ref) === parent.pid;
    return isChild ? found.ref : null;
  }

  exists(pid: number): "maybe" | "dead" {
    return this.table.get(pid) === null ? "dead" : "maybe";
  }

  signal(process: ProcessRef, signal: SignalName): SignalOutcome {
    if (process.pid <= 1 || process.pid === this.me.pid || this.fails()) return "failed";
    const entry = this.table.get(process.pid);
    if (entry === null || entry.state !== "running") return "gone";
    if (entry.ref.start !== process.start) return "not-ours";
    this.table.send(entry, signal);
    return "sent";
  }

  use(process: ProcessRef): ProcessUse | null {
    const use = { rssKb: 1700, rssPeakKb: 1800, cpuMs: 10 };
    return this.table.running(process) === null ? null : use;
  }

  parent(process: ProcessRef): number | null {
    const parent = this.table.running(process)?.parent;
    return parent?.state === "running" ? parent.ref.pid : null;
  }

  descendants(process: ProcessRef): readonly ProcessRef[] {
    if (this.table.running(process) === null) return [];
    const found: ProcessRef[] = [];
    for (let level = [process]; level.length > 0; ) {
      level = level.flatMap(({ pid }) => this.table.childrenOf(pid).map(({ ref }) => ref));
      found.push(...level);
    }
    return found;
  }

  /** Somebody else is the first process here. */
  reapOrphans(): void {
    return undefined;
  }

  bootId(): string {
    return this.bootless() ? UNKNOWN_BOOT : this.table.bootId();
  }

  self(): ProcessRef {
    return this.me;
  }
}
