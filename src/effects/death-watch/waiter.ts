// The Worker that waits on a kernel queue, blocked in the kernel and using no CPU while nothing
// ends. Its program is the text of one function, so that it is there too when the whole program
// is bundled into one file or compiled into an executable.

import type { WaitPlan } from "./kernel-queue.ts";

export type WaiterMessage =
  | { readonly tokens: readonly number[] }
  | { readonly ended: "woken" | "failed"; readonly errno: number };

export interface Waiter {
  /** Ends the thread; only after it has said `ended`, since it may be blocked in the kernel. */
  terminate(): void;
}

/** Never keeps this process alive by itself. */
export function startWaiter(plan: WaitPlan, tell: (message: WaiterMessage) => void): Waiter {
  const source = `(${waitForEvents.toString()})(${JSON.stringify(plan)})`;
  const url = URL.createObjectURL(new Blob([source], { type: "application/javascript" }));
  const worker = new Worker(url, { smol: true, name: "death-watch" });
  worker.addEventListener("message", (event: MessageEvent<WaiterMessage>) => tell(event.data));
  // Said last, whatever ended it: a thread that could not start, or was ended from outside.
  for (const end of ["error", "close"] as const) {
    worker.addEventListener(end, () => tell({ ended: "failed", errno: 0 }));
  }
  worker.unref();
  return {
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

/**
 * Runs in the Worker, from its own text: nothing outside of this function exists there. Ends at
 * the event whose token is 0, or when waiting fails.
 */
async function waitForEvents(plan: WaitPlan): Promise<void> {
  const { dlopen, read } = await import("bun:ffi");
  type Pointer = Parameters<typeof read.i32>[0];
  const tell = (message: WaiterMessage) =>
    (globalThis as unknown as { postMessage(message: WaiterMessage): void }).postMessage(message);
  const errnoLibrary = dlopen(plan.library, {
    [plan.errnoSymbol]: { args: [], returns: "ptr" },
  });
  const eventsMax = 64;
  const buffer = new Uint8Array(plan.eventBytes * eventsMax);
  const view = new DataView(buffer.buffer);
  const { symbols } =
    plan.call === "epoll_wait"
      ? dlopen(plan.library, {
          epoll_wait: { args: ["i32", "ptr", "i32", "i32"], returns: "i32" },
        })
      : dlopen(plan.library, {
          kevent: { args: ["i32", "ptr", "i32", "ptr", "i32", "ptr"], returns: "i32" },
        });
  const wait = (): number =>
    "epoll_wait" in symbols
      ? symbols.epoll_wait(plan.queue, buffer, eventsMax, -1)
      : symbols.kevent(plan.queue, null, 0, buffer, eventsMax, null);
  for (;;) {
    const count = wait();
    if (count < 0) {
      const errno = read.i32(errnoLibrary.symbols[plan.errnoSymbol]?.() as Pointer, 0);
      if (errno === plan.eintr) continue;
      tell({ ended: "failed", errno });
      return;
    }
    const tokens = Array.from({ length: count }, (_, index) =>
      view.getUint32(index * plan.eventBytes + plan.tokenOffset, true),
    );
    const processes = tokens.filter((token) => token !== 0);
    if (processes.length > 0) tell({ tokens: processes });
    if (processes.length < tokens.length) {
      tell({ ended: "woken", errno: 0 });
      return;
    }
  }
}
