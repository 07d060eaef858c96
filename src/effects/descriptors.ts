// How near this process is to the limit of its open files (`ulimit -n`): what may be had in another
// way is left to what may not, so that a daemon can always end what it has started.

import { closeSync, openSync, readFileSync } from "node:fs";

let max: number | undefined;

/** Bun raises the soft limit to the hard one when it starts. Infinite where none is told. */
export const descriptorsMax = (): number => (max ??= readMax());

function readMax(): number {
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

/** So many may have been opened since the last launch, and closed again. */
const BURST = 1024;

/** The highest number that a launch has been given: the kernel gives out the lowest. */
let highest = 0;

/**
 * True where no further session should be started. Tried, since freed numbers leave gaps; where
 * no number near the limit was ever given out, one is enough to tell.
 */
export function lacksDescriptors(): boolean {
  const limit = descriptorsMax();
  const tried: number[] = [];
  const wanted = leftFree(limit);
  try {
    do {
      const descriptor = openSync("/dev/null", "r");
      tried.push(descriptor);
      highest = Math.max(highest, descriptor);
    } while (highest > limit - BURST && tried.length < wanted);
    return false;
  } catch (error) {
    // Whatever else is wrong with it, a launch says it in words of its own.
    return (error as NodeJS.ErrnoException).code === "EMFILE";
  } finally {
    for (const descriptor of tried) closeSync(descriptor);
  }
}
