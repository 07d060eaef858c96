// A verb that is refused since somebody else's plist or unit holds the peer (service-manager
// contract): its preview says so, and promises nothing.

import { IapeerError } from "../core/error.ts";
import type { RegistryEntry } from "../core/profile.ts";
import { strangersJob } from "../flows/service/peer-jobs.ts";
import type { Host } from "../ports/host.ts";

/** Null: nobody else's file names the peer. */
export function strangersRefusal(
  host: Host,
  { personality }: Pick<RegistryEntry, "personality">,
  { done, next }: { readonly done: "removed" | "stopped"; readonly next: string },
): IapeerError | null {
  const why = strangersJob(host, personality);
  if (why === null) return null;
  const what = `${personality} cannot be ${done}`;
  return new IapeerError({ code: "service-foreign", what, why, next });
}
