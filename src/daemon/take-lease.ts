// The right to supervise a root is waited for: another verb has it for a moment, and so has a
// daemon that starts or ends. Where a daemon answers meanwhile, there is nothing to wait for.

import type { Host } from "../ports/host.ts";
import type { HeldLease, Lease } from "../ports/lock.ts";

/** As long as for the registry's lock. */
export const LEASE_WAIT_MS = 15_000;
const PAUSE_FIRST_MS = 10;
const PAUSE_MAX_MS = 100;

export type Taken =
  | HeldLease
  /** A daemon is on its socket. */
  | { readonly state: "answers" }
  | { readonly state: "interrupted" }
  | { readonly state: "busy"; readonly why: string }
  | { readonly state: "failed"; readonly why: string };

export interface Wanting {
  readonly host: Host;
  readonly lease: Lease;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

export async function takeLease({ host, lease, waitMs, signal }: Wanting): Promise<Taken> {
  const { clock, layout, tmux } = host;
  const until = clock.mono() + waitMs;
  for (let pauseMs = PAUSE_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS)) {
    const outcome = lease.acquire(layout.daemonLease);
    if (outcome.state === "held") return outcome;
    if (outcome.state === "failed") return { state: "failed", why: outcome.detail };
    if (tmux.probe(layout.daemonSocket) === "answers") return { state: "answers" };
    if (signal.aborted) return { state: "interrupted" };
    const leftMs = until - clock.mono();
    if (leftMs <= 0) return { state: "busy", why: heldBy(host) };
    await clock.sleep(Math.min(pauseMs, leftMs), signal);
  }
}

/** Its holder writes its pid into the file, for people. */
function heldBy({ files, layout }: Host): string {
  const read = files.read(layout.daemonLease);
  const pid = read.state === "ok" ? /^\d+$/.exec(read.text.trim()) : null;
  const holder = pid === null ? "another process" : `process ${pid[0]}`;
  return (
    `${holder} has the right to, and did not let go of it within ${LEASE_WAIT_MS / 1000} s: ` +
    "a daemon that starts or ends, or another verb"
  );
}
