// Temporary files whose writers were killed before they could put them in place or take them away
// (storage contract): ours by name, and nobody's by the pid in it.

import type { Host } from "../../ports/host.ts";

/** Of a file that is written whole, and of a witness's draft of an end record. */
const TEMPORARIES = [/^\.iapeer-([1-9][0-9]{0,9})-[0-9]+\.tmp$/, /^\.end\.([1-9][0-9]{0,9})$/];

/** A write takes milliseconds; its pid may be another namespace's, and mean nobody here. */
const OLD_MS = 60_000;

/** How many were removed. A folder that is missing or cannot be listed holds none. */
export function sweepTemporaries(host: Host, dirs: Iterable<string>): number {
  let removed = 0;
  for (const dir of dirs) {
    const listed = host.files.list(dir);
    const names = "names" in listed ? listed.names : [];
    for (const name of names.filter((each) => isOrphan(host, each))) {
      const path = `${dir}/${name}`;
      if (isOld(host, path) && host.files.remove(path).state === "ok") removed += 1;
    }
  }
  return removed;
}

function isOrphan(host: Host, name: string): boolean {
  const pid = TEMPORARIES.map((form) => form.exec(name)?.[1]).find((found) => found !== undefined);
  return pid !== undefined && host.processes.exists(Number(pid)) === "dead";
}

function isOld(host: Host, path: string): boolean {
  const facts = host.files.stat(path);
  if (facts.state !== "ok" || facts.kind !== "file") return false;
  return Math.abs(host.clock.wall() - facts.mtimeMs) > OLD_MS;
}
