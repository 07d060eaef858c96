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

/** Token of `wake`; those of processes begin at 1. */
export const WAKE_TOKEN = 0;

export interface KernelQueue {
  readonly mechanism: "pidfd" | "kqueue";
  readonly plan: WaitPlan;
  /** The event comes at most once; `token` is what it carries. */
  add(pid: number, token: number): AddOutcome;
  /** `handle` is what `add` returned; also for one whose event has come. */
  remove(handle: number): void;
  /** Ends the Worker's wait for good. */
  wake(): void;
  /** Only when nobody waits any more. */
  close(): void;
}
