// The launcher on people's PATH. What somebody else has put in its place is never replaced, which
// is found out before anything is made; a link of a checkout's own to its program is what README
// says to begin with, and gives way.

import { dirname } from "node:path";
import { done, notPlaced } from "./placed.ts";
import { IapeerError } from "../../core/error.ts";
import { ENTRY, installLayout } from "../../core/install-layout.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { quoteSh } from "../../formats/sh-quote.ts";
import type { Host } from "../../ports/host.ts";

const NAMES_MAX = 100;

/** What is about to be put in use. */
export interface Launched {
  readonly source: string;
  /** The words after `iapeer` that do this again. */
  readonly again: string;
}

/** Absolute paths, since a service's PATH is not a person's. */
export function placeLauncher(host: Host, launched: Launched): Result<void, IapeerError> {
  const { bun, current, launcher } = installLayout(host.facts.home);
  const text = `#!/bin/sh\nexec ${quoteSh(bun)} ${quoteSh(`${current}/${ENTRY}`)} "$@"\n`;
  const against = launcherObstacle(host, launched);
  if (against !== null) return err(against);
  const there = host.files.read(launcher);
  if (there.state === "ok" && there.text === text) return ok(undefined);
  if (host.files.stat(dirname(launcher)).state === "missing") {
    const made = host.files.makeFolder(dirname(launcher), 0o755);
    if (made.state === "failed") return err(notPlaced(`${dirname(launcher)}: ${made.detail}`));
  }
  return done(host.files.writeAtomic(launcher, text, { mode: 0o755 }), launcher);
}

const OURS =
  /^#!\/bin\/sh\nexec '.*\/share\/iapeer\/bin\/bun' '.*\/share\/iapeer\/current\/\S+' "\$@"\n$/s;

/** An earlier one of ours, in whatever home: a person's own script for a checkout is not. */
export const isLauncher = (read: { state: string; text?: string }): boolean =>
  read.state === "ok" && OURS.test(read.text ?? "");

/** Null: nothing is there, or what may be replaced. */
export function launcherObstacle(
  host: Host,
  { source, again }: Launched,
): IapeerError | null {
  const { launcher } = installLayout(host.facts.home);
  const there = host.files.stat(launcher);
  if (there.state === "missing" || leadsToSource(host, launcher, source)) return null;
  const isFile = there.state === "ok" && there.kind === "file";
  if (isFile && isLauncher(host.files.read(launcher))) return null;
  const run = host.facts.program.map(quoteSh).join(" ");
  return new IapeerError({
    code: "launcher-taken",
    what: `${launcher} is not iapeer's, and is left alone`,
    why: "the launcher belongs there; nothing was changed",
    next: `mv ${quoteSh(launcher)} ${quoteSh(freeName(host, launcher))} && ${run} ${again}`,
  });
}

/** The same file by another name: its link leads to the program of this source. */
export function leadsToSource({ files }: Host, launcher: string, source: string): boolean {
  const link = files.stat(launcher);
  if (link.state !== "ok" || link.kind !== "symlink") return false;
  const [end, main] = [files.statTarget(launcher), files.statTarget(`${source}/src/main.ts`)];
  if (end.state !== "ok" || main.state !== "ok") return false;
  return end.inode === main.inode && end.size === main.size && end.mtimeMs === main.mtimeMs;
}

/** Moving it there overwrites nothing. */
function freeName({ files }: Host, path: string): string {
  for (let number = 1; number < NAMES_MAX; number += 1) {
    const name = number === 1 ? `${path}.before` : `${path}.before-${number}`;
    if (files.stat(name).state === "missing") return name;
  }
  return `${path}.before`;
}
