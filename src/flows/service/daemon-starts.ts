// The daemon's own give-up rule (issue: "a daemon that crashes at start"): a service manager
// starts it again for ever, so after five failures within ten minutes a started daemon waits
// instead of failing again, and says until when and why.

import type { WallMs } from "../../core/brand.ts";
import {
  parseDaemonStarts,
  renderDaemonStarts,
  type DaemonStart,
  type DaemonStarts,
} from "../../formats/daemon-starts.ts";
import type { Host } from "../../ports/host.ts";
import { givingUp } from "../../rules/give-up.ts";

/** A daemon that lives this long was no failed start. */
export const STEADY_MS = 60_000;

export function readStarts(host: Host): DaemonStarts {
  const read = host.files.read(host.layout.daemonStarts);
  return read.state === "ok" ? parseDaemonStarts(read.text) : { starts: [] };
}

/** Best effort: a full disk must not keep a daemon from starting. */
const write = (host: Host, starts: DaemonStarts): void =>
  void host.files.writeAtomic(host.layout.daemonStarts, renderDaemonStarts(starts));

export interface HeldBack {
  readonly untilWall: WallMs;
  readonly failures: number;
  /** The latest that was said; null when every one crashed without a word. */
  readonly reason: string | null;
}

/** Null: it may start. */
export function heldBack(host: Host): HeldBack | null {
  const failed = readStarts(host).starts.filter(({ steady, asked }) => !steady && !asked);
  const { untilWall, failures } = givingUp(
    failed.map(({ wall }) => wall),
    host.clock.wall(),
  );
  if (untilWall === null) return null;
  const reason = failed.findLast(({ reason: said }) => said !== undefined)?.reason ?? null;
  return { untilWall, failures, reason };
}

/** The operator's own start tries at once. */
export const forgetStarts = (host: Host): void => void host.files.remove(host.layout.daemonStarts);

export interface StartNote {
  steady(): void;
  ended(how: { readonly asked: boolean; readonly reason?: string }): void;
}

export function noteStart(host: Host): StartNote {
  const { pid } = host.processes.self();
  const wall = host.clock.wall();
  const mine: DaemonStart = { wall, pid, steady: false, asked: false };
  write(host, { starts: [...readStarts(host).starts, mine] });
  const change = (changed: Partial<DaemonStart>) => {
    const { starts } = readStarts(host);
    const isMine = (start: DaemonStart) => start.wall === wall && start.pid === pid;
    // In a root that was made anew it is nobody's business.
    if (!starts.some(isMine)) return;
    write(host, {
      starts: starts.map((start) => (isMine(start) ? { ...start, ...changed } : start)),
    });
  };
  return { steady: () => change({ steady: true }), ended: (how) => change(how) };
}

/** Waits as long as it is held back, or until it is asked to end. */
export async function waitHeldBack(host: Host, signal: AbortSignal): Promise<void> {
  for (;;) {
    const held = heldBack(host);
    if (held === null || signal.aborted) return;
    const { starts } = readStarts(host);
    write(host, { starts, heldUntilWall: held.untilWall });
    const { failures, reason } = held;
    host.log.write("lifecycle", {
      ev: "daemon-held-back",
      fields: { failures, reason: reason ?? "none was given", until: held.untilWall },
    });
    await host.clock.sleep(Math.max(1000, held.untilWall - host.clock.wall()), signal);
  }
}
