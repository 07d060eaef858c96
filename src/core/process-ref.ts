// A process is ours only by pid *and* start time (lifecycle §2): pids are reused.

export interface ProcessRef {
  readonly pid: number;
  /**
   * Opaque and comparable: clock ticks since boot on Linux, `sec.usec` on macOS, or there, when
   * it comes from sh, which sees no more, `sec`.
   */
  readonly start: string;
}

export const sameProcess = (a: ProcessRef, b: ProcessRef): boolean =>
  a.pid === b.pid && (a.start === b.start || sameSecond(a.start, b.start));

/** No pid comes round again within a second. */
const sameSecond = (a: string, b: string): boolean =>
  a.includes(".") !== b.includes(".") && a.split(".")[0] === b.split(".")[0];

/** What stands for the id of a boot where the system does not tell it. */
export const UNKNOWN_BOOT = "unknown";

/** Certainly not the same one: what cannot be told makes nobody dead (lifecycle §2). */
export const isOtherBoot = (a: string, b: string): boolean =>
  a !== b && a !== UNKNOWN_BOOT && b !== UNKNOWN_BOOT;

/** Somebody who had this pid, and is certainly gone: no start time is "0". */
export const gone = (pid: number): ProcessRef => ({ pid, start: "0" });
