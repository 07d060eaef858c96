// Every living process that was started on behalf of a scratch root, told by its environment or
// its words, which name the root. For looking and for clean-up in tests only.

import { readdirSync, readFileSync } from "node:fs";
import type { ProcessRef } from "../../src/core/process-ref.ts";
import type { Processes } from "../../src/ports/processes.ts";

export interface Remain {
  readonly ref: ProcessRef;
  /** The kernel's short name, such as `tmux: server`. */
  readonly name: string;
  /** Command line, with spaces between the words. */
  readonly words: string;
}

export function remainsOf(base: string, processes: Processes): readonly Remain[] {
  return readdirSync("/proc").flatMap((entry) => {
    const pid = Number(entry);
    if (!(pid > 0) || pid === process.pid) return [];
    const words = text(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
    if (!words.includes(base) && !text(`/proc/${pid}/environ`).includes(base)) return [];
    const ref = processes.identify(pid);
    if (ref === null || ref === "unknown") return [];
    return [{ ref, name: text(`/proc/${pid}/comm`).trim(), words }];
  });
}

/** Empty when it has ended meanwhile. */
function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
