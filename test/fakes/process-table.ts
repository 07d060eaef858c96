// The processes of a fake host: pids that are reused soon, start times, zombies, signals that are
// delivered a moment after they were sent, and a record of every signal (lifecycle §2).

import type { ProcessRef } from "../../src/core/process-ref.ts";
import type { SignalName } from "../../src/ports/processes.ts";
import type { Random } from "./random.ts";
import type { VirtualTime } from "./time.ts";

export type ProcessKind =
  | "daemon"
  | "server"
  | "pane"
  | "launcher"
  | "canary"
  | "canary-client"
  | "hook"
  | "child"
  | "stranger";

export type ExitHow = { readonly code: number } | { readonly signal: number };

export interface ProcessSpec {
  readonly kind: ProcessKind;
  /** Folder of the generation that it belongs to; empty for others. */
  readonly owner?: string;
  /** Whoever is left without a parent belongs to nobody. */
  readonly parent?: ProcessEntry;
  /** Answers true when the signal was dealt with, so that the default does not happen. */
  readonly onSignal?: (signal: SignalName) => boolean;
  readonly onExit?: (how: ExitHow) => void;
}

export interface ProcessEntry extends ProcessSpec {
  readonly ref: ProcessRef;
  state: "running" | "zombie" | "gone";
  /** False: it stays as a zombie when it ends. */
  reaped: boolean;
}

export interface SentSignal {
  readonly atMono: number;
  readonly signal: SignalName;
  readonly to: ProcessEntry;
}

export interface TableOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  /** Pids are taken from this many numbers, so that they come round again. */
  readonly pids: number;
  /** Nobody reaps: the dead stay as zombies. */
  readonly zombies: boolean;
}

const SIGNAL_NUMBERS: Record<SignalName, number> = {
  HUP: 1,
  INT: 2,
  KILL: 9,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
};
/** Nothing ends by these. */
const HARMLESS: ReadonlySet<SignalName> = new Set(["CONT", "CHLD"]);
const FIRST_PID = 100;
const DELIVERY_MAX_MS = 2;

export class ProcessTable {
  /** The present holder of each pid, zombies included. */
  private readonly byPid = new Map<number, ProcessEntry>();
  private readonly watchers = new Map<ProcessEntry, Set<() => void>>();
  private serial = 0;
  private cursor = 0;
  boot = 1;
  /** Told of every signal that reaches a process, before it is delivered. */
  onSent: ((sent: SentSignal) => void) | null = null;

  constructor(private readonly options: TableOptions) {}

  bootId(): string {
    return `boot-${this.boot}`;
  }

  spawn(spec: ProcessSpec): ProcessEntry {
    const pid = this.freePid();
    this.serial += 1;
    const start = String(Math.floor(this.options.time.boot() / 10) * 100_000 + this.serial);
    const reaped = !this.options.zombies;
    const entry: ProcessEntry = { ...spec, ref: { pid, start }, state: "running", reaped };
    this.byPid.set(pid, entry);
    return entry;
  }

  get(pid: number): ProcessEntry | null {
    return this.byPid.get(pid) ?? null;
  }

  /** The running process with this pid and start time. */
  running(ref: ProcessRef): ProcessEntry | null {
    const entry = this.byPid.get(ref.pid);
    return entry?.state === "running" && entry.ref.start === ref.start ? entry : null;
  }

  all(): readonly ProcessEntry[] {
    return [...this.byPid.values()].filter((entry) => entry.state === "running");
  }

  childrenOf(pid: number): readonly ProcessEntry[] {
    return this.all().filter(
      ({ parent }) => parent?.ref.pid === pid && parent.state === "running",
    );
  }

  exit(entry: ProcessEntry, how: ExitHow): void {
    if (entry.state !== "running") return;
    entry.state = entry.reaped ? "gone" : "zombie";
    if (entry.state === "gone") this.byPid.delete(entry.ref.pid);
    entry.onExit?.(how);
    const watching = this.watchers.get(entry);
    this.watchers.delete(entry);
    for (const tell of watching ?? []) tell();
  }

  /** Records it, and delivers it within `DELIVERY_MAX_MS`. */
  send(entry: ProcessEntry, signal: SignalName): void {
    this.onSent?.({ atMono: this.options.time.mono(), signal, to: entry });
    const delay = this.options.random.next() * DELIVERY_MAX_MS;
    this.options.time.schedule(delay, () => this.deliver(entry, signal));
  }

  /** What the signal does, at once; kills that come from outside of the daemon use it too. */
  deliver(entry: ProcessEntry, signal: SignalName): void {
    if (entry.state !== "running" || HARMLESS.has(signal)) return;
    if (signal !== "KILL" && entry.onSignal?.(signal) === true) return;
    this.exit(entry, { signal: SIGNAL_NUMBERS[signal] });
  }

  /** Calls once at its end; the returned function stops watching. */
  watch(entry: ProcessEntry, onEnd: () => void): () => void {
    const watching = this.watchers.get(entry) ?? new Set();
    watching.add(onEnd);
    this.watchers.set(entry, watching);
    return () => watching.delete(onEnd);
  }

  /** Everything dies at once and unheard; pids start anew. */
  reboot(): void {
    for (const entry of this.byPid.values()) entry.state = "gone";
    this.byPid.clear();
    this.watchers.clear();
    this.cursor = 0;
    this.boot += 1;
  }

  /** The pids of the dead are taken again first, from now on. */
  rewind(): void {
    this.cursor = 0;
  }

  private freePid(): number {
    for (let tried = 0; tried < this.options.pids; tried += 1) {
      const pid = FIRST_PID + (this.cursor % this.options.pids);
      this.cursor += 1;
      const holder = this.byPid.get(pid);
      // A zombie is reaped late, so that its pid is free again some day.
      if (holder === undefined || (holder.state === "zombie" && tried > this.options.pids / 2)) {
        return pid;
      }
    }
    throw new Error("the fake host has no free pid");
  }
}
