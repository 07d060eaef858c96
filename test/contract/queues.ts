// Queues of the kernel as a death watch may find them.

import { openEpollQueue } from "../../src/effects/death-watch/epoll.ts";
import type { KernelQueue } from "../../src/effects/death-watch/kernel-queue.ts";

/** A queue that takes `room` processes and refuses the others, as EMFILE would. */
export function crowded(queue: KernelQueue, room: number): KernelQueue {
  let taken = 0;
  return {
    mechanism: queue.mechanism,
    plan: queue.plan,
    add: (pid, token) => {
      taken += 1;
      return taken > room ? { state: "refused" } : queue.add(pid, token);
    },
    remove: (handle) => queue.remove(handle),
    take: () => queue.take(),
    wake: () => queue.wake(),
    close: () => queue.close(),
  };
}

export function openQueue(): KernelQueue | null {
  const queue = openEpollQueue();
  if (queue === null) console.warn("skipped: no pidfds on this system");
  return queue;
}
