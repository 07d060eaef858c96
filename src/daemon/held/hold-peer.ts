// `iapeer run-infra` (service-manager contract, "Always-on peers"): what a plist or unit starts.
// One process holds a peer; it brings the peer up, or adopts its session, and stays with it.

import { Changes } from "./changes.ts";
import { Holder, type HoldAsk, type HoldEnd } from "./holder.ts";
import { ownContext, type OwnSpec } from "./own-context.ts";
import { IapeerError } from "../../core/error.ts";
import { identityOf, type Personality, type RuntimeName } from "../../core/names.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { findPeer } from "../../flows/peers/find.ts";
import { holderLease } from "../../flows/service/peer-jobs.ts";
import { prepareRoot } from "../../flows/storage/root.ts";
import type { DeathWatch } from "../../ports/death-watch.ts";
import type { Host } from "../../ports/host.ts";
import type { Lease } from "../../ports/lock.ts";

export interface HoldDeps extends HoldAsk {
  readonly host: Host;
  readonly lease: Lease;
  readonly createWatch: () => DeathWatch;
  readonly personality: Personality;
  readonly runtime: RuntimeName;
}

export async function holdPeer(deps: HoldDeps): Promise<Result<HoldEnd, IapeerError>> {
  const { host, personality, runtime } = deps;
  const prepared = prepareRoot(host);
  if (!prepared.ok) return prepared;
  const found = findPeer(host, personality);
  if (!found.ok) return found;
  if (!found.value.runtimes.includes(runtime)) return err(noRuntime(personality, runtime));
  host.files.makeFolder(host.layout.jobsDir);
  const lease = deps.lease.acquire(holderLease(host, identityOf(runtime, personality)));
  if (lease.state !== "held") return err(alreadyHeld(personality, lease));
  const watch = deps.createWatch();
  const changed = new Changes();
  const spec: OwnSpec = { entry: found.value, runtime, watch, onChange: () => changed.note() };
  const holder = new Holder(deps, ownContext(host, spec), changed);
  try {
    return ok(await holder.hold());
  } finally {
    holder.close();
    watch.close();
    lease.release();
  }
}

const noRuntime = (personality: string, runtime: string): IapeerError =>
  new IapeerError({
    code: "runtime-not-added",
    what: `${personality} has no runtime ${runtime}`,
    next: `iapeer add-runtime ${personality} ${runtime}`,
    exit: 2,
  });

const alreadyHeld = (personality: string, lease: { state: string; detail?: string }): IapeerError =>
  new IapeerError({
    code: "peer-held",
    what: `another process holds ${personality}`,
    ...(lease.detail === undefined ? {} : { why: lease.detail }),
    next: `iapeer why ${personality}`,
  });
