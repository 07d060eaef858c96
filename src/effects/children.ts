// Our own children whose end bun tells anyway: watching one costs no descriptor of its own. What
// is open is copied into whatever is spawned, and closed there again, so each one has its price.

type Followed = Pick<Bun.Subprocess, "pid" | "exitCode" | "signalCode">;

/** By pid: nobody else has the number before bun has reaped the child and said so. */
const living = new Map<number, Set<() => void>>();

/** For `onExit` of every child that is followed: one function, since a closure would be kept. */
export function childEnded({ pid }: Pick<Bun.Subprocess, "pid">): void {
  const told = living.get(pid);
  living.delete(pid);
  for (const tell of told ?? []) tell();
}

/** One that has ended within its own spawning is not followed: bun has told of it already. */
export function followChild(child: Followed): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  living.set(child.pid, new Set());
}

/** Null: no child that is followed. `tell` is called once, unless it is called off before. */
export function onChildEnd(pid: number, tell: () => void): (() => void) | null {
  const told = living.get(pid);
  if (told === undefined) return null;
  told.add(tell);
  return () => void told.delete(tell);
}
