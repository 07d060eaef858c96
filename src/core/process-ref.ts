// A process is ours only by pid *and* start time (lifecycle §2): pids are reused.

export interface ProcessRef {
  readonly pid: number;
  /**
   * Opaque and comparable: clock ticks since boot on Linux, `sec.usec` on macOS, or there, when
   * it comes from sh, which sees no more, `sec`. On Linux sh says `<=` and the ticks at which it
   * saw the process: whoever has the pid later started later, among the host's own pids.
   */
  readonly start: string;
}

export const sameProcess = (a: ProcessRef, b: ProcessRef): boolean =>
  a.pid === b.pid &&
  (a.start === b.start ||
    sameSecond(a.start, b.start) ||
    startedBy(a.start, b.start) ||
    startedBy(b.start, a.start));

/** No pid comes round again within a second. */
const sameSecond = (a: string, b: string): boolean =>
  a.includes(".") !== b.includes(".") && a.split(".")[0] === b.split(".")[0];

const SEEN = "<=";

/** The start of a process that was seen at so many ticks since boot. */
export const seenAt = (ticks: string): string => `${SEEN}${ticks}`;

export const wasSeen = ({ start }: ProcessRef): boolean => start.startsWith(SEEN);

/** Of either form; NaN: none on Linux. */
export const latestStart = ({ start }: ProcessRef): number =>
  Number(start.startsWith(SEEN) ? start.slice(SEEN.length) : start);

const startedBy = (start: string, seen: string): boolean =>
  seen.startsWith(SEEN) && /^[1-9][0-9]*$/.test(start) && Number(start) <= Number(seen.slice(2));

/** Somebody who had this pid, and is certainly gone: no start time is "0". */
export const gone = (pid: number): ProcessRef => ({ pid, start: "0" });
