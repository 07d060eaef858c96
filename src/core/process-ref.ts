// A process is ours only by pid *and* start time (lifecycle §2): pids are reused.

export interface ProcessRef {
  readonly pid: number;
  /** Opaque and comparable: clock ticks since boot on Linux, `sec.usec` on macOS. */
  readonly start: string;
}

export const sameProcess = (a: ProcessRef, b: ProcessRef): boolean =>
  a.pid === b.pid && a.start === b.start;
