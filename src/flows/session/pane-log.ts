// Pane logs (lifecycle §8): copy-truncate at a limit, keeping the inode that `cat` writes to;
// a few old copies; a budget for the folder; artefacts that nobody touches for long are removed.

import { whyUnanswered } from "./unanswered.ts";
import type { StartRecord } from "../../core/generation.ts";
import type { Identity } from "../../core/names.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { WriteOutcome } from "../../ports/files.ts";
import type { Host } from "../../ports/host.ts";
import { listNames } from "../storage/list-names.ts";

/**
 * Shifts the older copies up, then copies and empties the log in place. A flood between two ticks
 * is not copied whole: no more than the limit is kept of it, and the copy holds nobody up.
 */
export function rotatePaneLog(host: Host, identity: Identity): WriteOutcome {
  const path = host.layout.paneLog(identity);
  const { paneLogKeep, paneLogMaxBytes } = host.config;
  for (let n = paneLogKeep - 1; n >= 1; n -= 1) {
    const from = `${path}.${n}`;
    if (host.files.stat(from).state === "ok") host.files.rename(from, `${path}.${n + 1}`);
  }
  const copy = `${path}.1`;
  if (paneLogKeep > 0) return host.files.copyTruncate(path, copy, paneLogMaxBytes);
  const emptied = host.files.copyTruncate(path, copy, 0);
  return emptied.state === "ok" ? host.files.remove(copy) : emptied;
}

/** The folder may have gone with it. */
export async function reopenPaneLog(
  host: Host,
  { identity, socket }: Pick<StartRecord, "identity" | "socket">,
): Promise<Result<void>> {
  const made = host.files.makeFolder(host.layout.panesDir);
  if (made.state === "failed") return err(made.detail);
  const opened = await host.tmux.openLog(socket, identity);
  return opened.state === "answered" ? ok(undefined) : err(whyUnanswered(opened));
}

interface Artefact {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Removes what is too old, then the oldest until the folder fits; never a live peer's log. */
export function prunePaneLogs(host: Host, live: ReadonlySet<string>): readonly string[] {
  const { paneLogBudgetBytes, paneLogMaxAgeMs } = host.config;
  const now = host.clock.wall();
  const all = listArtefacts(host, host.layout.panesDir).filter(({ path }) => !live.has(path));
  const old = all.filter(({ mtimeMs }) => now - mtimeMs > paneLogMaxAgeMs);
  const kept = all
    .filter((artefact) => !old.includes(artefact))
    .toSorted((a, b) => b.mtimeMs - a.mtimeMs);
  let bytes = 0;
  const over = kept.filter(({ size }) => (bytes += size) > paneLogBudgetBytes);
  const gone = [...old, ...over].map(({ path }) => path);
  for (const path of gone) host.files.remove(path);
  return gone;
}

/** The newest `forensicsKeep` server-death reports stay. */
export function pruneForensics(host: Host): void {
  const files = listArtefacts(host, host.layout.serverDeathsDir);
  const old = files.toSorted((a, b) => b.mtimeMs - a.mtimeMs).slice(host.config.forensicsKeep);
  for (const { path } of old) host.files.remove(path);
}

function listArtefacts(host: Host, dir: string): Artefact[] {
  return listNames(host, dir).flatMap((name) => {
    const path = `${dir}/${name}`;
    const facts = host.files.stat(path);
    if (facts.state !== "ok" || facts.kind !== "file") return [];
    return [{ path, size: facts.size, mtimeMs: facts.mtimeMs }];
  });
}
