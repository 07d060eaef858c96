// Zombies where this process is the first of its container: it inherits every orphan, such as a
// tmux server, and whoever inherits one has to wait for its end, or its pid is never free again.

import { openLibc } from "./libc.ts";
import { deadChildren } from "./processes-linux.ts";

const WNOHANG = 1;

/**
 * To be called now and then. Whoever is a zombie at two calls is nobody's: a child of bun's own is
 * waited for by bun before the second one.
 */
export function createOrphanReaper(): () => void {
  if (process.platform !== "linux" || process.pid !== 1) return () => undefined;
  const libc = openLibc({ waitpid: { args: ["i32", "ptr", "i32"], returns: "i32" } });
  let before = new Map<number, string>();
  return () => {
    const dead = new Map(deadChildren(process.pid).map(({ pid, start }) => [pid, start]));
    for (const [pid, start] of dead) {
      if (before.get(pid) === start) libc?.waitpid(pid, null, WNOHANG);
    }
    before = dead;
  };
}
