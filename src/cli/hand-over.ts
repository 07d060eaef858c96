// The terminal in the hands of another program, and taken back. A tmux client leaves it to its
// server to put the terminal right, which one that was killed has not done.

import { writeNow } from "./channel.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * No more alternate screen, mouse, focus and paste reports, nor keys of an application; a cursor
 * that shows, and plain text. Terminals without some of these ignore them.
 */
const PLAIN =
  "\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1005l\u001b[?1006l\u001b[?1004l" +
  "\u001b[?2004l\u001b[?1l\u001b>\u001b[?1049l\u001b[?25h\u001b(B\u001b[m";

/** Null: there is no such program. TMUX is taken away: each peer has a server of its own. */
export async function handOver(argv: readonly string[], env: Env): Promise<number | null> {
  const inherited = Object.fromEntries(Object.entries(env).filter(([key]) => key !== "TMUX"));
  const [program = "", ...rest] = argv;
  const path = Bun.which(program, { PATH: inherited["PATH"] ?? "" });
  if (path === null) return null;
  const before = stty(["-g"], env);
  const child = Bun.spawn([path, ...rest], {
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    env: inherited,
  });
  // Ctrl-C belongs to the program that has the terminal now.
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  const code = await child.exited;
  process.off("SIGINT", ignore);
  if (before !== null) putRight(before, env);
  return code;
}

/** A terminal that is as it was is left alone: it is on its usual screen already. */
function putRight(before: string, env: Env): void {
  const now = stty(["-g"], env);
  if (now === null || now === before) return;
  writeNow(1, PLAIN);
  stty([before], env);
}

/** What it says; null when there is no terminal, or no stty. */
function stty(words: readonly string[], env: Env): string | null {
  const path = Bun.which("stty", { PATH: env["PATH"] ?? "" });
  if (path === null) return null;
  const ran = Bun.spawnSync([path, ...words], {
    stdin: "inherit",
    stdout: "pipe",
    stderr: "ignore",
    timeout: STTY_MS,
  });
  return ran.exitCode === 0 ? ran.stdout.toString().trim() : null;
}

const STTY_MS = 1000;
