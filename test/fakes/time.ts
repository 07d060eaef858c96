// Virtual time: one timer heap, three clocks that can be set apart from each other (lifecycle §4:
// set clocks, suspends). Timers run on the monotonic clock, as those of a real event loop do.

/** Whoever owns a timer; when it has ended, its timers never fire. */
export interface Life {
  readonly ended: boolean;
}

interface Timer {
  readonly dueMono: number;
  readonly order: number;
  readonly owner: Life | null;
  call: (() => void) | null;
}

const START_WALL = Date.UTC(2025, 0, 6, 9, 0, 0);

export class VirtualTime {
  private monoNow = 1000;
  private wallShift = START_WALL;
  private bootShift = 50_000;
  private order = 0;
  private readonly heap: Timer[] = [];

  mono(): number {
    return this.monoNow;
  }

  wall(): number {
    return this.monoNow + this.wallShift;
  }

  /** Since boot, suspends included. */
  boot(): number {
    return this.monoNow + this.bootShift;
  }

  /** Somebody sets the wall clock. */
  setWallBy(ms: number): void {
    this.wallShift += ms;
  }

  /** The host sleeps: wall and boot clocks go on, the monotonic one stands still. */
  suspend(ms: number): void {
    this.wallShift += ms;
    this.bootShift += ms;
  }

  /** The host was off for `ms`: a boot clock starts anew, the wall clock went on. */
  reboot(ms: number): void {
    this.wallShift += ms;
    this.bootShift = 5000 - this.monoNow;
  }

  /** Calls once after `delayMs` of monotonic time; the returned function cancels. */
  schedule(delayMs: number, call: () => void, owner: Life | null = null): () => void {
    const dueMono = this.monoNow + Math.max(0, delayMs);
    const timer: Timer = { dueMono, order: this.order, owner, call };
    this.order += 1;
    this.push(timer);
    return () => {
      timer.call = null;
    };
  }

  /** When the next live timer is due; null when there is none. */
  nextDue(): number | null {
    for (;;) {
      const first = this.heap[0];
      if (first === undefined) return null;
      if (first.call !== null && first.owner?.ended !== true) return first.dueMono;
      this.pop();
    }
  }

  /** Moves on to the next timer and calls it; false when none is due by `untilMono`. */
  fireNext(untilMono = Number.POSITIVE_INFINITY): boolean {
    const due = this.nextDue();
    if (due === null || due > untilMono) return false;
    const timer = this.pop();
    this.monoNow = Math.max(this.monoNow, due);
    const call = timer?.call;
    if (timer !== undefined) timer.call = null;
    call?.();
    return true;
  }

  /** Lets idle time pass; only when nothing is due before. */
  passTo(mono: number): void {
    this.monoNow = Math.max(this.monoNow, mono);
  }

  private push(timer: Timer): void {
    const heap = this.heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || !before(timer, parent)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = timer;
  }

  private pop(): Timer | undefined {
    const heap = this.heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      const child = this.smallerChild(at);
      if (child === null || !before(child.timer, last)) break;
      heap[at] = child.timer;
      at = child.at;
    }
    heap[at] = last;
    return first;
  }

  private smallerChild(at: number): { at: number; timer: Timer } | null {
    const left = this.heap[at * 2 + 1];
    const right = this.heap[at * 2 + 2];
    if (left === undefined) return null;
    if (right === undefined || before(left, right)) return { at: at * 2 + 1, timer: left };
    return { at: at * 2 + 2, timer: right };
  }
}

const before = (a: Timer, b: Timer): boolean =>
  a.dueMono < b.dueMono || (a.dueMono === b.dueMono && a.order < b.order);

/** One macrotask: every microtask that is ready has run when it resolves. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets `ms` of monotonic time pass, a timer at a time. */
export async function pass(time: VirtualTime, ms: number): Promise<void> {
  const until = time.mono() + ms;
  await turn();
  while (time.fireNext(until)) await turn();
  time.passTo(until);
  await turn();
}

/** Lets time pass until this has settled, or until nothing is due any more. */
export async function settle<T>(time: VirtualTime, work: Promise<T>): Promise<T> {
  let settled = false;
  const note = () => {
    settled = true;
  };
  work.then(note, note);
  await turn();
  while (!settled && time.fireNext()) await turn();
  return work;
}
