// Clock over virtual time (ports/clock.ts).

import { monoMs, wallMs } from "../../src/core/brand.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Life, VirtualTime } from "./time.ts";

export class FakeClock implements Clock {
  constructor(
    private readonly time: VirtualTime,
    private readonly owner: Life | null = null,
  ) {}

  wall() {
    return wallMs(Math.floor(this.time.wall()));
  }

  mono() {
    return monoMs(this.time.mono());
  }

  bootMs() {
    return this.time.boot();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const cancel = this.time.schedule(ms, done, this.owner);
      const abort = () => {
        cancel();
        done();
      };
      signal?.addEventListener("abort", abort);
    });
  }

  after(ms: number, call: () => void): () => void {
    return this.time.schedule(ms, call, this.owner);
  }
}
