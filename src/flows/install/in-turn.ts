// One run of install, update, rollback or uninstall at a time: two at once would each take the
// other's version for the one before.

import { dirname } from "node:path";
import { removeEmpty } from "./leftovers.ts";
import { notPlaced } from "./placed.ts";
import type { IapeerError } from "../../core/error.ts";
import { installLayout } from "../../core/install-layout.ts";
import { err, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";

/** `made`: folders above install's own that were not there before. */
export async function inTurn<T>(
  host: Host,
  work: (made: readonly string[]) => Promise<Result<T, IapeerError>>,
): Promise<Result<T, IapeerError>> {
  const { share, manifest } = installLayout(host.facts.home);
  const missing = foldersAbove(host).filter((dir) => host.files.stat(dir).state === "missing");
  const made = host.files.makeFolder(share);
  if (made.state === "failed") return err(notPlaced(`${share}: ${made.detail}`));
  const locked = await host.lock.withLock(manifest, () => work(missing));
  const worked = locked.ok ? locked.value : err(notPlaced(locked.error));
  // A run that came to nothing leaves nothing: only what is empty goes.
  if (!worked.ok) for (const dir of [share, ...missing.toReversed()]) removeEmpty(host, dir);
  return worked;
}

/** What install may have to make for its own to be in; outermost first. */
export function foldersAbove({ facts }: Host): readonly string[] {
  const { share, launcher } = installLayout(facts.home);
  return [dirname(dirname(share)), dirname(share), dirname(launcher)];
}
