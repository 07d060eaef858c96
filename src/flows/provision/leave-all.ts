// What a memory provider is told when a whole root goes, and every peer with it: the same as at
// each one's removal (memory-provider contract), a few at a time.

import { createLimit } from "../../core/limit.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import { unprovisionRemoved } from "./account.ts";
import { JOBS_DEFAULT } from "./sweep.ts";

export interface LeaveTaken {
  /** `ada: memory unprovision: claude:ok`, of those for whom all went well. */
  readonly told: readonly string[];
  readonly warnings: readonly string[];
}

/** In the order of the peers. They are still registered: a run that is cut off is repeated. */
export async function unprovisionAll(
  host: Host,
  peers: readonly RegistryEntry[],
  interrupted: AbortSignal,
): Promise<LeaveTaken> {
  const limit = createLimit(JOBS_DEFAULT);
  const leaving = peers.map((peer) =>
    limit(async () => {
      if (interrupted.aborted) return [];
      return [{ peer, account: await unprovisionRemoved(host, peer, interrupted) }];
    }),
  );
  const told: string[] = [];
  // A word about the provider itself comes with each of its calls.
  const warnings = new Set<string>();
  for (const { peer, account } of (await Promise.all(leaving)).flat()) {
    const { summary } = account;
    const named = `${peer.personality}: ${summary}`;
    if (summary !== null && account.peer?.state === "done") told.push(named);
    for (const warning of account.warnings) warnings.add(warning === summary ? named : warning);
  }
  return { told, warnings: [...warnings] };
}
