// How near this process is to the limit of its open files (`ulimit -n`): what may be had in another
// way is left to what may not, so that a daemon can always end what it has started.

import { closeSync, openSync, readFileSync } from "node:fs";

/** Bun raises the soft limit to the hard one when it starts. Infinite where none is told. */
export function descriptorsMax(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "latin1");
    const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? Infinity : Number(soft);
  } catch {
    return Infinity; // No /proc, as on macOS, where a watched process costs none.
  }
}

/**
 * Numbers from here on are not for watches, which have a sweep instead; the kernel gives out the
 * lowest that is free.
 */
export const watchesMax = (max: number): number => max - Math.min(max / 4, 512);

/** A session costs its daemon one as long as it lives: these are for ending those that live. */
const leftFree = (max: number): number => Math.min(Math.ceil(max / 8), 32);

export const tooManyFiles = (): string =>
  `too many open files for one more session: at most ${descriptorsMax()} in this process`;

/** True where no further session should be started. Tried, since freed numbers leave gaps. */
export function lacksDescriptors(): boolean {
  const tried: number[] = [];
  const wanted = leftFree(descriptorsMax());
  try {
    while (tried.length < wanted) tried.push(openSync("/dev/null", "r"));
    return false;
  } catch (error) {
    // Whatever else is wrong with it, a launch says it in words of its own.
    return (error as NodeJS.ErrnoException).code === "EMFILE";
  } finally {
    for (const descriptor of tried) closeSync(descriptor);
  }
}
