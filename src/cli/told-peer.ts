// What was declared about a peer, after a verb changed it.

import type { IapeerError } from "../core/error.ts";
import type { RegistryEntry } from "../core/profile.ts";
import type { Result } from "../core/result.ts";
import type { VerbContext, VerbExit } from "./context.ts";
import { visible } from "./render/text.ts";

export interface PeerOutcome {
  readonly state?: string;
  readonly entry: RegistryEntry;
  readonly warnings: readonly string[];
}

/** Prints `said` and what the person should know, or throws the failure. */
export function tellPeer(
  { output }: VerbContext,
  outcome: Result<PeerOutcome, IapeerError>,
  said: (outcome: PeerOutcome) => string,
): VerbExit {
  if (!outcome.ok) throw outcome.error;
  const { entry, state, warnings } = outcome.value;
  output.json({
    schema: "iapeer.peer.v1",
    ...(state === undefined ? {} : { state }),
    peer: entry,
    warnings,
  });
  output.line(visible(said(outcome.value)));
  for (const warning of warnings) output.warn(visible(warning));
  return 0;
}
