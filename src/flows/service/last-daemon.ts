// The daemon as its heartbeat tells of it, for when it does not answer (lifecycle §4): who it is,
// and whether its last pass is too long ago.

import type { ProcessRef } from "../../core/process-ref.ts";
import { parseHeartbeat, type Heartbeat } from "../../formats/heartbeat.ts";
import type { Host } from "../../ports/host.ts";

const STALE_PERIODS = 2;

export function lastBeat({ files, layout }: Host): Heartbeat | null {
  const read = files.read(layout.heartbeat);
  return read.state === "ok" ? parseHeartbeat(read.text) : null;
}

/** Null: it is gone, or its heartbeat does not say who it is. */
export function lastDaemon(host: Host): ProcessRef | null {
  const beat = lastBeat(host);
  if (beat?.start === undefined || beat.bootId !== host.processes.bootId()) return null;
  const process = { pid: beat.pid, start: beat.start };
  return host.processes.liveness(process) === "alive" ? process : null;
}

export const isStale = (host: Host, beat: Heartbeat): boolean =>
  ageMs(host, beat) > STALE_PERIODS * beat.periodMs;

/** By the clock of this boot that nobody can set; a suspend is no time for it to beat in. */
function ageMs({ clock, processes }: Host, beat: Heartbeat): number {
  if (beat.bootId !== processes.bootId()) return Number.POSITIVE_INFINITY;
  const bootAgeMs = clock.bootMs() - beat.boot;
  // Where the kernel cannot be asked, the monotonic clock is one process's own.
  const monoAgeMs = clock.mono() - (beat.mono ?? Number.POSITIVE_INFINITY);
  return monoAgeMs < 0 ? bootAgeMs : Math.min(bootAgeMs, monoAgeMs);
}
