// Locks and leases between the processes of a fake host (ports/lock.ts). Both go with their
// holder: a lock left by a dead process is taken over.

import { err, ok, type Result } from "../../src/core/result.ts";
import type { Lease, LeaseOutcome, Lock } from "../../src/ports/lock.ts";
import type { Life, VirtualTime } from "./time.ts";

const WAIT_MS = 15_000;
/** How long a lock of the dead takes to be noticed. */
const TAKE_OVER_MS = 50;

interface Waiter {
  readonly owner: Life;
  readonly take: () => void;
  cancelled: boolean;
}

export class LockTable {
  private readonly holders = new Map<string, Life>();
  private readonly waiting = new Map<string, Waiter[]>();
  private readonly leases = new Map<string, Life>();
  /** What a holder is told: `unknown` while the files cannot be looked at. */
  told: "ours" | "unknown" = "ours";

  constructor(readonly time: VirtualTime) {}

  /** True when taken at once; else `take` is called when it is this waiter's turn. */
  acquire(path: string, waiter: Waiter): boolean {
    const holder = this.holders.get(path);
    if (holder === undefined || holder.ended) {
      this.holders.set(path, waiter.owner);
      return true;
    }
    const queue = this.waiting.get(path) ?? [];
    queue.push(waiter);
    this.waiting.set(path, queue);
    return false;
  }

  release(path: string, owner: Life): void {
    if (this.holders.get(path) !== owner) return;
    this.holders.delete(path);
    const queue = this.waiting.get(path) ?? [];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (next.cancelled || next.owner.ended) continue;
      this.holders.set(path, next.owner);
      next.take();
      return;
    }
  }

  /** Its holder has just ended: the kernel lets go of everything that it held. */
  releaseAll(): void {
    for (const [path, holder] of this.holders) {
      if (holder.ended) this.time.schedule(TAKE_OVER_MS, () => this.release(path, holder));
    }
    for (const [path, holder] of this.leases) if (holder.ended) this.leases.delete(path);
  }

  lease(path: string, owner: Life): LeaseOutcome {
    const holder = this.leases.get(path);
    if (holder !== undefined && !holder.ended) return { state: "busy" };
    // One process may hold it twice, of a file that was removed meanwhile.
    const mine = new Call(owner);
    this.leases.set(path, mine);
    const hold = () => (this.leases.get(path) === mine ? this.told : "lost");
    const release = () => {
      if (this.leases.get(path) === mine) this.leases.delete(path);
    };
    return { state: "held", hold, release };
  }

  /** Its file is removed under whoever holds it. */
  removeLease(path: string): void {
    this.leases.delete(path);
  }
}

export class FakeLock implements Lock {
  constructor(
    private readonly table: LockTable,
    private readonly owner: Life,
  ) {}

  async withLock<T>(path: string, work: () => Promise<T>, waitMs = WAIT_MS): Promise<Result<T>> {
    // Each call holds on its own, so that one process waits for itself as well.
    const call: Life = new Call(this.owner);
    if (!(await this.wait(path, call, waitMs))) return err(`lock is held: ${path}`);
    try {
      return ok(await work());
    } finally {
      this.table.release(path, call);
    }
  }

  private wait(path: string, owner: Life, waitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const take = () => {
        giveUp();
        resolve(true);
      };
      const waiter: Waiter = { owner, take, cancelled: false };
      if (this.table.acquire(path, waiter)) {
        resolve(true);
        return;
      }
      const refuse = () => {
        waiter.cancelled = true;
        resolve(false);
      };
      const giveUp = this.table.time.schedule(waitMs, refuse, owner);
    });
  }
}

class Call implements Life {
  constructor(private readonly process: Life) {}
  get ended(): boolean {
    return this.process.ended;
  }
}

export class FakeLease implements Lease {
  constructor(
    private readonly table: LockTable,
    private readonly owner: Life,
  ) {}

  acquire(path: string): LeaseOutcome {
    return this.table.lease(path, this.owner);
  }
}
