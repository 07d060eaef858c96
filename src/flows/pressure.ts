// Memory pressure of the host, where the kernel tells (Linux PSI); for verdicts and incidents.

import type { Host } from "../ports/host.ts";

/** Percent of the last 10 s in which some task waited for memory; null when not told. */
export function readPressure(host: Host): number | null {
  if (host.facts.platform !== "linux") return null;
  const read = host.files.read("/proc/pressure/memory");
  if (read.state !== "ok") return null;
  const percent = /^some avg10=([0-9.]+)/m.exec(read.text)?.[1];
  return percent === undefined ? null : Number(percent);
}

/** How many processes the kernel has killed for memory since boot; null when not told. */
export function readOomKills(host: Host): number | null {
  if (host.facts.platform !== "linux") return null;
  const read = host.files.read("/proc/vmstat");
  if (read.state !== "ok") return null;
  const count = /^oom_kill ([0-9]+)$/m.exec(read.text)?.[1];
  return count === undefined ? null : Number(count);
}
