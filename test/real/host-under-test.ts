// The real effects that tests of real servers share, and what this machine has to run scripts.

import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";

import { createClock } from "../../src/effects/clock.ts";
import { createExec } from "../../src/effects/exec.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import { createTmux } from "../../src/effects/tmux.ts";
import { findWitnessTools } from "../../src/formats/witness-tools.ts";
import { TMUX } from "./tmux-program.ts";

export const clock = createClock();
export const processes = createProcesses();
export const exec = createExec(clock, processes);
export const tools = findWitnessTools({ tmux: TMUX, isFile: existsSync });
export const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: tmpdir() };
export const tmux = createTmux({ clock, exec, processes, tmuxPath: tools.tmux, env });

/** Every shell that the scripts must run under, the system's own first. */
export const SHELLS: readonly (readonly string[])[] = [
  [tools.sh],
  ...[["dash"], ["bash", "--posix"], ["busybox", "sh"]].flatMap(([name = "", ...rest]) => {
    const path = Bun.which(name);
    return path === null ? [] : [[path, ...rest]];
  }),
];

/** Waits for a condition, looking every 2 ms; throws with the words of what never came. */
export async function until<T>(what: string, look: () => T | null | false): Promise<T> {
  const end = clock.mono() + 10_000;
  for (;;) {
    const seen = look();
    if (seen !== null && seen !== false) return seen;
    if (clock.mono() > end) throw new Error(`never came: ${what}`);
    await clock.sleep(2);
  }
}

export function oomKills(): number | null {
  if (!existsSync("/proc/vmstat")) return null;
  const count = /^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "utf8"))?.[1];
  return count === undefined ? null : Number(count);
}

/** Writes to a small disk until nothing more fits. */
export function fillDisk(path: string): void {
  const file = openSync(path, "w");
  const block = Buffer.alloc(4096);
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if (!String(error).includes("ENOSPC")) throw error;
  } finally {
    closeSync(file);
  }
}
