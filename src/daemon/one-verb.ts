// One verb while no daemon runs (docs/decisions/0012): it holds the lease for as long as it lasts,
// so that no daemon and no other such verb acts beside it.

import { concernedBy } from "./concerned.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";
import { LEASE_WAIT_MS, type Taken, takeLease } from "./take-lease.ts";
import type { VerbAnswer, VerbCall } from "../core/api.ts";
import { prepareRoot } from "../flows/storage/root.ts";
import type { DeathWatch } from "../ports/death-watch.ts";
import type { Host } from "../ports/host.ts";
import type { Lease } from "../ports/lock.ts";

export type Alone =
  | { readonly state: "answered"; readonly value: VerbAnswer }
  | Exclude<Taken, { readonly state: "held" }>;

export interface AloneDeps {
  readonly host: Host;
  readonly lease: Lease;
  readonly createWatch: () => DeathWatch;
}

export type PerformAlone = (call: VerbCall, interrupted: AbortSignal) => Promise<Alone>;

/** Whoever asks for many things, as `stop --all` does, waits in vain once. */
export function createAlone({ host, lease, createWatch }: AloneDeps): PerformAlone {
  let waitMs = LEASE_WAIT_MS;
  return async (call, signal) => {
    const prepared = prepareRoot(host);
    if (!prepared.ok) throw prepared.error;
    const taken = await takeLease({ host, lease, waitMs, signal });
    if (taken.state !== "held") {
      if (taken.state === "busy") waitMs = 0;
      return taken;
    }
    try {
      const supervisor = createSupervisor(host, createWatch(), { only: concernedBy(call) });
      return { state: "answered", value: await perform(supervisor, call, signal) };
    } finally {
      taken.release();
    }
  };
}

async function perform(
  supervisor: Supervisor,
  call: VerbCall,
  interrupted: AbortSignal,
): Promise<VerbAnswer> {
  const hurry = () => supervisor.hurry();
  interrupted.addEventListener("abort", hurry, { once: true });
  try {
    await supervisor.adoptAll();
    return await supervisor.verb(call);
  } finally {
    interrupted.removeEventListener("abort", hurry);
    await supervisor.stop();
  }
}
