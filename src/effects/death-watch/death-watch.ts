// DeathWatch: tells of a process's end within milliseconds (ports/death-watch.ts, lifecycle §4).
// The kernel tells where it can; whatever it refuses is swept instead, process by process.

import type { Config } from "../../core/config.ts";
import { sameProcess, type ProcessRef } from "../../core/process-ref.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ArmOutcome, DeathWatch } from "../../ports/death-watch.ts";
import type { Processes } from "../../ports/processes.ts";
import { onChildEnd } from "../children.ts";
import { isSignallable } from "../process-table.ts";
import { openEpollQueue } from "./epoll.ts";
import type { KernelQueue } from "./kernel-queue.ts";
import { openKqueueQueue } from "./kqueue.ts";
import { Sweep } from "./sweep.ts";
import { startWaiter, type Waiter, type WaiterMessage } from "./waiter.ts";

/** The kernel's own mechanism unless another is asked for, or it is refused. */
export function createDeathWatch(
  config: Pick<Config, "deathWatch" | "sweepMs">,
  clock: Clock,
  processes: Processes,
): DeathWatch {
  const sweep = new Sweep(config.sweepMs, clock, processes);
  return new Watch(openQueue(config.deathWatch), sweep, processes);
}

function openQueue(asked: Config["deathWatch"]): KernelQueue | null {
  const native = process.platform === "darwin" ? "kqueue" : "pidfd";
  if (asked !== "auto" && asked !== native) return null;
  return native === "kqueue" ? openKqueueQueue() : openEpollQueue();
}

interface Armed {
  readonly process: ProcessRef;
  readonly onExit: () => void;
  readonly by: Means;
}

type Means =
  | { readonly way: "queue"; readonly token: number; readonly handle: number }
  /** A child of ours, which is waited for in any case. */
  | { readonly way: "child"; readonly callOff: () => void }
  | { readonly way: "sweep" };

const TOKEN_MAX = 0xffff_ffff;

/** Exported for tests with a queue of their own. */
export class Watch implements DeathWatch {
  private readonly byPid = new Map<number, Armed>();
  private readonly byToken = new Map<number, Armed>();
  private waiter: Waiter | null = null;
  private lastToken = 0;
  private closed = false;

  constructor(
    private queue: KernelQueue | null,
    private readonly sweep: Sweep,
    private readonly processes: Processes,
  ) {
    if (queue !== null) this.startWaiting(queue);
  }

  private startWaiting(queue: KernelQueue): void {
    try {
      this.waiter = startWaiter(queue.plan, (message) => this.hear(message));
    } catch {
      // No thread to wait in: everything is swept, and `mechanism` says so.
      this.abandonQueue();
    }
  }

  get mechanism(): DeathWatch["mechanism"] {
    return this.queue?.mechanism ?? "sweep";
  }

  arm(process: ProcessRef, onExit: () => void): ArmOutcome {
    if (this.closed || !isSignallable(process.pid)) return "failed";
    const earlier = this.byPid.get(process.pid);
    if (earlier !== undefined) this.forget(earlier);
    const armed = this.armAsChild(process, onExit) ?? this.armInQueue(process, onExit);
    return armed ?? this.armInSweep(process, onExit);
  }

  disarm(process: ProcessRef): void {
    const armed = this.byPid.get(process.pid);
    if (armed !== undefined && sameProcess(armed.process, process)) this.forget(armed);
  }

  armed(): number {
    return this.byPid.size;
  }

  catchUp(): boolean {
    if (this.closed || this.queue === null) return false;
    const { tokens, isAll } = this.queue.take();
    this.hear({ tokens });
    return isAll && this.sweep.size === 0;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const armed of this.byPid.values()) this.forget(armed);
    this.sweep.close();
    // The Worker answers that it has been woken; only then may the queue be closed.
    this.queue?.wake();
  }

  /** Null: it is none. Everything is swept where a sweep was asked for. */
  private armAsChild(process: ProcessRef, onExit: () => void): ArmOutcome | null {
    if (this.queue === null) return null;
    const callOff = onChildEnd(process.pid, () => this.fire(armed));
    if (callOff === null) return null;
    const armed: Armed = { process, onExit, by: { way: "child", callOff } };
    if (this.processes.liveness(process) === "dead") {
      callOff();
      return "already-dead";
    }
    this.byPid.set(process.pid, armed);
    return "armed";
  }

  /** Null: the kernel does not take it, sweep it. */
  private armInQueue(process: ProcessRef, onExit: () => void): ArmOutcome | null {
    if (this.queue === null) return null;
    const token = this.nextToken();
    const added = this.queue.add(process.pid, token);
    if (added.state !== "added") return added.state === "dead" ? "already-dead" : null;
    // Looked at only now: whoever has the pid at this moment, the queue tells of the process
    // that had it before. If that is the one that is meant, no reused pid can come between.
    if (this.processes.liveness(process) === "dead") {
      this.queue.remove(added.handle);
      return "already-dead";
    }
    const by = { way: "queue", token, handle: added.handle } as const;
    const armed = { process, onExit, by };
    this.byPid.set(process.pid, armed);
    this.byToken.set(token, armed);
    return "armed";
  }

  private armInSweep(process: ProcessRef, onExit: () => void): ArmOutcome {
    if (this.processes.liveness(process) === "dead") return "already-dead";
    const armed: Armed = { process, onExit, by: { way: "sweep" } };
    this.byPid.set(process.pid, armed);
    this.sweep.add(process, () => this.fire(armed));
    return "armed";
  }

  private forget(armed: Armed): void {
    this.byPid.delete(armed.process.pid);
    const { by } = armed;
    if (by.way === "sweep") return this.sweep.remove(armed.process);
    if (by.way === "child") return by.callOff();
    this.byToken.delete(by.token);
    this.queue?.remove(by.handle);
  }

  private fire(armed: Armed): void {
    this.forget(armed);
    // Each in a turn of its own: one callback that throws must not swallow the next.
    queueMicrotask(armed.onExit);
  }

  private hear(message: WaiterMessage): void {
    if ("tokens" in message) {
      for (const token of message.tokens) {
        const armed = this.byToken.get(token);
        if (armed !== undefined) this.fire(armed);
      }
      return;
    }
    this.abandonQueue();
  }

  /** Nobody waits on the queue any more: closed, or the Worker failed; then all are swept. */
  private abandonQueue(): void {
    const left = [...this.byToken.values()];
    for (const armed of left) this.forget(armed);
    this.waiter?.terminate();
    this.waiter = null;
    this.queue?.close();
    this.queue = null;
    for (const { process, onExit } of left) {
      if (this.armInSweep(process, onExit) === "already-dead") queueMicrotask(onExit);
    }
  }

  private nextToken(): number {
    this.lastToken = this.lastToken === TOKEN_MAX ? 1 : this.lastToken + 1;
    return this.lastToken;
  }
}
