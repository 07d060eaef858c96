// Clock: the one home of wall time, monotonic time and timers (ports/clock.ts).
//
// Both monotonic clocks are asked of the kernel by name: the runtime's own may or may not run
// through a suspend, and lifecycle §4 tells a suspend from a set clock by their difference.

import { readFileSync } from "node:fs";

import { monoMs, wallMs } from "../core/brand.ts";
import type { Clock } from "../ports/clock.ts";
import { openLibc } from "./libc.ts";

const LINUX_CLOCK_MONOTONIC = 1;
const LINUX_CLOCK_BOOTTIME = 7;
/** mach_absolute_time in nanoseconds: stops while the machine sleeps. */
const DARWIN_CLOCK_UPTIME_RAW = 8;
/** mach_continuous_time in nanoseconds: runs through sleep. */
const DARWIN_CLOCK_MONOTONIC_RAW = 4;

/** setTimeout fires at once for anything longer; longer waits are made of several. */
const TIMER_MAX_MS = 2_147_483_647;

interface KernelClocks {
  mono(): number;
  boot(): number;
}

export function createClock(): Clock {
  const kernel = kernelClocks() ?? portableClocks();
  return {
    wall: () => wallMs(Date.now()),
    mono: () => monoMs(kernel.mono()),
    bootMs: () => kernel.boot(),
    sleep: (ms, signal) => sleep(ms, signal),
    after: (ms, call) => after(ms, call),
  };
}

function kernelClocks(): KernelClocks | null {
  return process.platform === "darwin" ? darwinClocks() : linuxClocks();
}

function linuxClocks(): KernelClocks | null {
  const libc = openLibc({ clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });
  if (libc === null) return null;
  // Seconds, then nanoseconds, 64 bits each. Read a few times for each peer at every tick: whole
  // BigInts would be made and thrown away.
  const timespec = new Uint32Array(4);
  const [SECS, SECS_HIGH, NANOS] = [0, 1, 2];
  const read = (clock: number): number => {
    libc.clock_gettime(clock, timespec);
    const secs = (timespec[SECS] ?? 0) + (timespec[SECS_HIGH] ?? 0) * 2 ** 32;
    return secs * 1000 + (timespec[NANOS] ?? 0) / 1e6;
  };
  if (libc.clock_gettime(LINUX_CLOCK_BOOTTIME, timespec) !== 0) return null;
  return { mono: () => read(LINUX_CLOCK_MONOTONIC), boot: () => read(LINUX_CLOCK_BOOTTIME) };
}

function darwinClocks(): KernelClocks | null {
  const libc = openLibc({ clock_gettime_nsec_np: { args: ["i32"], returns: "u64" } });
  if (libc === null) return null;
  const read = (clock: number): number => Number(libc.clock_gettime_nsec_np(clock)) / 1e6;
  return {
    mono: () => read(DARWIN_CLOCK_UPTIME_RAW),
    boot: () => read(DARWIN_CLOCK_MONOTONIC_RAW),
  };
}

/** Without a C library: /proc/uptime has hundredths and runs through a suspend. */
export function portableClocks(): KernelClocks {
  return { mono: () => performance.now(), boot: () => uptimeMs() ?? performance.now() };
}

function uptimeMs(): number | null {
  try {
    const seconds = Number.parseFloat(readFileSync("/proc/uptime", "utf8"));
    return Number.isFinite(seconds) ? seconds * 1000 : null;
  } catch {
    return null; // Not Linux, or no /proc: there is nothing better to ask.
  }
}

function after(ms: number, call: () => void): () => void {
  let left = Math.max(0, ms);
  let timer: ReturnType<typeof setTimeout>;
  const arm = () => {
    const part = Math.min(left, TIMER_MAX_MS);
    left -= part;
    timer = setTimeout(() => (left > 0 ? arm() : call()), part);
  };
  arm();
  return () => clearTimeout(timer);
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = () => {
      cancel();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = after(ms, wake);
    signal?.addEventListener("abort", wake, { once: true });
  });
}
