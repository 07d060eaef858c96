// What epoll over pidfds and kqueue have in common: a queue in the kernel that tells, by a token,
// that a process has ended. A Worker waits on it; adding and removing need no word to the Worker.

/** `dead`: nobody has this pid. `refused`: no descriptor left, or not permitted. */
export type AddOutcome =
  | { readonly state: "added"; readonly handle: number }
  | { readonly state: "dead" | "refused" };

/** How a Worker waits: plain data, since it is written into the Worker's source. */
export interface WaitPlan {
  readonly library: string;
  readonly errnoSymbol: string;
  readonly call: "epoll_wait" | "kevent";
  readonly queue: number;
  /** Size of one event, and where in it the token is (32 bits, little-endian). */
  readonly eventBytes: number;
  readonly tokenOffset: number;
  readonly eintr: number;
}

/** Events of one call. */
export const EVENTS_AT_ONCE = 64;
/** Each event comes once, so that a quarter of a million at once is more than there are pids. */
const CALLS_MAX = 4096;

export interface Taken {
  /** To be told in any case: they come to nobody else. */
  readonly tokens: readonly number[];
  /** False: it failed, or there was no end of them. */
  readonly isAll: boolean;
}

/**
 * `call` fills the buffer and tells how many came, negative when it failed; it is made again until
 * it leaves some of it empty.
 */
export function takeTokens(
  { eventBytes, tokenOffset }: Pick<WaitPlan, "eventBytes" | "tokenOffset">,
  call: (buffer: Uint8Array) => number,
): Taken {
  const buffer = new Uint8Array(eventBytes * EVENTS_AT_ONCE);
  const view = new DataView(buffer.buffer);
  const tokens: number[] = [];
  let count = EVENTS_AT_ONCE;
  for (let calls = 0; calls < CALLS_MAX && count === EVENTS_AT_ONCE; calls += 1) {
    count = call(buffer);
    for (let index = 0; index < count; index += 1) {
      const token = view.getUint32(index * eventBytes + tokenOffset, true);
      if (token !== WAKE_TOKEN) tokens.push(token);
    }
  }
  return { tokens, isAll: count >= 0 && count < EVENTS_AT_ONCE };
}

/** Token of `wake`; those of processes begin at 1. */
export const WAKE_TOKEN = 0;

export interface KernelQueue {
  readonly mechanism: "pidfd" | "kqueue";
  readonly plan: WaitPlan;
  /** The event comes at most once; `token` is what it carries. */
  add(pid: number, token: number): AddOutcome;
  /** `handle` is what `add` returned; also for one whose event has come. */
  remove(handle: number): void;
  /** Tokens whose event the Worker has not come to yet, which it then never sees; never waits. */
  take(): Taken;
  /** Ends the Worker's wait for good. */
  wake(): void;
  /** Only when nobody waits any more. */
  close(): void;
}
