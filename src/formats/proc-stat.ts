// /proc/<pid>/stat (proc(5)): one line of words, of which the second, the command, may hold
// anything.

export interface ProcStat {
  readonly pid: number;
  readonly state: string;
  readonly ppid: number;
  readonly pgrp: number;
  readonly cpuTicks: number;
  readonly threads: number;
  /** Clock ticks since boot. */
  readonly start: string;
}

/** From the third up to the start time; thirty more follow it. */
const FIELDS = 20;

const NUMBER = /^[0-9]{1,20}$/;

/** Null when it is anything else, or cut off before the start time. */
export function parseProcStat(text: string): ProcStat | null {
  const pid = /^([1-9][0-9]{0,9}) \(/.exec(text)?.[1];
  const close = text.lastIndexOf(")");
  if (pid === undefined || close < 0) return null;
  const fields = text.slice(close + 2).trimEnd().split(" ", FIELDS);
  // Fields are numbered from 1 in proc(5); the third, the state, is fields[0].
  const field = (number: number): string => fields[number - 3] ?? "";
  const start = field(22);
  if (!NUMBER.test(start)) return null;
  return {
    pid: Number(pid),
    state: field(3),
    ppid: Number(field(4)),
    pgrp: Number(field(5)),
    cpuTicks: Number(field(14)) + Number(field(15)),
    threads: Number(field(20)),
    start,
  };
}
