// Memory pressure of the host, where the kernel tells (Linux PSI); for verdicts and incidents.

import type { MonoMs } from "../core/brand.ts";
import type { Host } from "../ports/host.ts";

/** Percent of the last 10 s in which some task waited for memory; null when not told. */
export function readPressure(host: Host): number | null {
  if (host.facts.platform !== "linux") return null;
  const read = host.files.read("/proc/pressure/memory");
  if (read.state !== "ok") return null;
  const percent = /^some avg10=([0-9.]+)/m.exec(read.text)?.[1];
  return percent === undefined ? null : Number(percent);
}

/** Of many launches at once, one in so long reads what costs a launch half a millisecond. */
const OOM_KILLS_AGE_MS = 100;

interface Counted {
  readonly atMono: MonoMs;
  readonly kills: number | null;
}

const LATEST = new WeakMap<Host, Counted>();

/** As `readOomKills`, at most a tenth of a second ago: what a life's own count begins from. */
export function oomKillsLately(host: Host): number | null {
  const now = host.clock.mono();
  const known = LATEST.get(host);
  if (known !== undefined && now - known.atMono < OOM_KILLS_AGE_MS) return known.kills;
  const kills = readOomKills(host);
  LATEST.set(host, { atMono: now, kills });
  return kills;
}

/** A process has ended, maybe by such a kill: whatever comes after it is not to be told of it. */
export const forgetOomKills = (host: Host): void => void LATEST.delete(host);

/** How many processes the kernel has killed for memory since boot; null when not told. */
export function readOomKills(host: Host): number | null {
  if (host.facts.platform !== "linux") return null;
  const read = host.files.read("/proc/vmstat");
  if (read.state !== "ok") return null;
  const count = /^oom_kill ([0-9]+)$/m.exec(read.text)?.[1];
  return count === undefined ? null : Number(count);
}
