// The name of a file that is still being written (ports/files.ts, writeAtomic): it says who writes,
// so that what a killed process left can be told from what is under way. Pure.

const NAME = /^\.iapeer-(\d{1,10})-\d+\.tmp$/;

/** The pid of its writer; null: it is no such file. */
export function writerOf(name: string): number | null {
  const pid = NAME.exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
}
