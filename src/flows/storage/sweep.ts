// Temporary files whose writers were killed before they could put them in place or take them away
// (storage contract): ours by name, and nobody's by the pid in it.

import { writerOf } from "../../formats/temporary-name.ts";
import type { Host } from "../../ports/host.ts";
import { listNames } from "./list-names.ts";

/** A witness's draft of an end record. */
const END_DRAFT = /^\.end\.([1-9][0-9]{0,9})$/;

/** A write takes milliseconds; its pid may be another namespace's, and mean nobody here. */
const OLD_MS = 60_000;

/** How many were removed. A folder that is missing or cannot be listed holds none. */
export function sweepTemporaries(host: Host, dirs: Iterable<string>): number {
  let removed = 0;
  for (const dir of dirs) {
    for (const name of listNames(host, dir).filter((each) => isOrphan(host, each))) {
      const path = `${dir}/${name}`;
      if (isOld(host, path) && host.files.remove(path).state === "ok") removed += 1;
    }
  }
  return removed;
}

function isOrphan(host: Host, name: string): boolean {
  const pid = writerOf(name) ?? Number(END_DRAFT.exec(name)?.[1] ?? 0);
  return pid > 0 && host.processes.exists(pid) === "dead";
}

function isOld(host: Host, path: string): boolean {
  const facts = host.files.stat(path);
  if (facts.state !== "ok" || facts.kind !== "file") return false;
  return Math.abs(host.clock.wall() - facts.mtimeMs) > OLD_MS;
}
