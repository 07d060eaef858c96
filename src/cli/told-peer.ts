// What was declared about a peer, after a verb changed it.

import type { IapeerError } from "../core/error.ts";
import type { RegistryEntry } from "../core/profile.ts";
import type { Result } from "../core/result.ts";
import type { ServiceState } from "../core/service.ts";
import type { MemoryAccount } from "../flows/provision/account.ts";
import { isUp } from "../flows/service/answers.ts";
import type { VerbContext, VerbExit } from "./context.ts";
import { visible } from "./render/text.ts";

export interface PeerOutcome {
  readonly state?: string;
  readonly entry: RegistryEntry;
  readonly warnings: readonly string[];
  /** The program that it is to run is not there, as a warning says. */
  readonly missing?: { readonly step: string; readonly warning: string };
  readonly memory?: MemoryAccount;
  /** What came of handing it to the service manager that holds this root. */
  readonly service?: {
    readonly manager: string;
    readonly state: ServiceState;
    readonly reason: string;
  };
}

/** Prints `said` and what the person should know, or throws the failure. */
export function tellPeer(
  { output }: VerbContext,
  outcome: Result<PeerOutcome, IapeerError>,
  said: (outcome: PeerOutcome) => string,
): VerbExit {
  if (!outcome.ok) throw outcome.error;
  const { entry, state, warnings, memory, service } = outcome.value;
  output.json({
    schema: "iapeer.peer.v1",
    ...(state === undefined ? {} : { state }),
    peer: entry,
    warnings: warnings.map((warning) => output.hint(warning)),
    ...(service === undefined ? {} : { service }),
    ...(memory === undefined || memory.provider === null ? {} : { memory }),
  });
  output.line(visible(said(outcome.value)));
  // What went wrong is among the warnings.
  if (memory?.peer?.state === "done") output.line(visible(memory.summary ?? ""));
  for (const warning of warnings) output.warn(visible(warning));
  if (service === undefined) return 0;
  if (!isUp(service)) return 1;
  output.line(visible(`${service.manager} holds it: ${service.reason}`));
  return 0;
}
