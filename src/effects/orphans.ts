// Zombies where this process is the first of its container: it inherits every orphan, such as a
// tmux server, and whoever inherits one has to wait for its end, or its pid is never free again.

import { openLibc } from "./libc.ts";
import { deadChildren } from "./processes-linux.ts";

const SYMBOLS = {
  waitid: { args: ["i32", "u32", "ptr", "i32"], returns: "i32" },
  waitpid: { args: ["i32", "ptr", "i32"], returns: "i32" },
} as const;
type Libc = NonNullable<ReturnType<typeof openLibc<typeof SYMBOLS>>>;

const P_ALL = 0;
const WNOHANG = 0x1;
const WEXITED = 0x4;
const WNOWAIT = 0x0100_0000;
const SIGINFO_BYTES = 128;

/** One question about all children, most of which live; whoever is found stays to be waited for. */
function hasZombie({ waitid }: Libc): boolean {
  const info = new Int32Array(SIGINFO_BYTES / 4);
  // si_signo is 0 where nobody has ended.
  return waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) === 0 && info[0] !== 0;
}

/**
 * To be called now and then. Whoever is a zombie at two calls is nobody's: a child of bun's own is
 * waited for by bun before the second one.
 */
export function createOrphanReaper(): () => void {
  if (process.platform !== "linux" || process.pid !== 1) return () => undefined;
  const libc = openLibc(SYMBOLS);
  let before = new Map<number, string>();
  return () => {
    if (libc === null || !hasZombie(libc)) return before.clear();
    const dead = new Map(deadChildren(process.pid).map(({ pid, start }) => [pid, start]));
    for (const [pid, start] of dead) {
      if (before.get(pid) === start) libc.waitpid(pid, null, WNOHANG);
    }
    before = dead;
  };
}
