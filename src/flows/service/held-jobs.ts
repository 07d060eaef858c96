// The jobs of this root's peers, all of them: handed to a service manager with the daemon, and
// taken from it again.

import { holders, type ServiceContext } from "./context.ts";
import { installPeerJob, releasePeerJob, removePeerJob } from "./peer-jobs.ts";
import { heldRuntime } from "./place.ts";
import type { IapeerError } from "../../core/error.ts";
import { identityOf, type Personality } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { DAEMON_JOB, peerJobId, type ServiceAnswer } from "../../core/service.ts";
import type { Host } from "../../ports/host.ts";
import type { ServiceManager } from "../../ports/service-manager.ts";
import { registered, usableRegistry } from "../peers/find.ts";
import { peekDoc } from "../storage/identity-doc.ts";
import { readRegistry } from "../storage/registry.ts";

export interface HeldPeer {
  readonly peer: RegistryEntry;
  readonly answer: ServiceAnswer;
}

/** Every peer that is not the daemon's own to look after. */
export async function holdPeers(
  { host }: ServiceContext,
  manager: ServiceManager,
): Promise<readonly HeldPeer[]> {
  if (manager.name === "embedded") return [];
  const under = { ...host, manager };
  const held: HeldPeer[] = [];
  await dropUnwanted(under);
  for (const peer of registered(host)) {
    const runtime = heldRuntime(host, peer);
    // `iapeer start` has one that is down on purpose held again.
    if (runtime === null || downOf(host, peer) !== null) continue;
    held.push({ peer, answer: await installPeerJob(under, peer, runtime) });
  }
  return held;
}

/** Its operator has stopped it, or its holder gave up on it. */
export type Down = "stopped" | "gave-up";

/** Null: it is not kept down on purpose, as far as can be told. */
export function downOf(host: Host, peer: RegistryEntry): Down | null {
  const read = peekDoc(host, identityOf(peer.default_runtime, peer.personality));
  if (read.state === "failed") return null;
  if (read.doc.stopped) return "stopped";
  return read.doc.gaveUpWall === undefined ? null : "gave-up";
}

/**
 * Jobs of peers that are gone: KeepAlive would go on starting what does not exist. And of those
 * that are the daemon's to look after by now.
 */
async function dropUnwanted(host: Host): Promise<void> {
  const read = readRegistry(host);
  if (read.state !== "ok") return;
  for (const id of host.manager.held()) {
    if (id.kind !== "peer" || host.manager.ownerOf(id).owner !== "ours") continue;
    const peer = read.registry.peers.find((one) => one.personality === id.personality);
    if (peer === undefined) await removePeerJob(host, id.personality);
    else if (heldRuntime(host, peer) === null) await releasePeerJob(host, peer);
  }
}

/** Null: this manager holds nothing of this root any more; what it held lives on. */
export async function releaseAll(
  { host }: ServiceContext,
  manager: ServiceManager,
): Promise<ServiceAnswer | null> {
  const under = { ...host, manager };
  const read = usableRegistry(host);
  const peers = read.ok ? read.value.peers : [];
  const held = heldPeers({ manager, host }, peers);
  // Without the mark that it gives for its peer, a holder takes its end for an order to end that.
  if (!read.ok && (held.size > 0 || manager.name !== "embedded")) return unusable(read.error);
  for (const personality of held) {
    const peer = peers.find((one) => one.personality === personality);
    const removing =
      peer === undefined ? removePeerJob(under, personality) : releasePeerJob(under, peer);
    const removed = await removing;
    if (removed.state !== "not-loaded") return removed;
  }
  const removed = await manager.remove(DAEMON_JOB);
  return removed.state === "not-loaded" ? null : removed;
}

const unusable = ({ message, next }: IapeerError): ServiceAnswer => ({
  state: "unknown",
  reason: `it cannot be told whose sessions would end with their jobs: ${message}`,
  next: `${next}, then try again`,
});

/** By their files, and those whose file somebody has taken away while the job was loaded. */
function heldPeers(
  { host, manager }: { readonly host: Host; readonly manager: ServiceManager },
  peers: readonly RegistryEntry[],
): ReadonlySet<Personality> {
  const named = manager.held().flatMap((id) => (id.kind === "peer" ? [id.personality] : []));
  const declared = peers
    .filter((peer) => manager.name !== "embedded" && heldRuntime(host, peer) !== null)
    .map(({ personality }) => personality);
  const isTouchable = (personality: Personality) => {
    const { owner } = manager.ownerOf(peerJobId(personality));
    return owner === "ours" || (owner === "absent" && declared.includes(personality));
  };
  return new Set([...named, ...declared].filter(isTouchable));
}

/** For `--preview`: what is there to be taken out. */
const held = (context: ServiceContext): readonly string[] =>
  holders(context).flatMap((manager) => {
    const peers = manager.held().filter((id) => manager.ownerOf(id).owner === "ours");
    const daemon = manager.ownerOf(DAEMON_JOB).owner === "ours" ? [DAEMON_JOB] : [];
    return [...peers, ...daemon].flatMap((id) => manager.fileOf(id) ?? []);
  });

/** Daemons that end when this root is not held any more; one in a terminal is its owner's. */
export async function heldDaemons(context: ServiceContext): Promise<readonly number[]> {
  const pids: number[] = [];
  for (const manager of holders(context)) {
    const isTheirs = manager.name !== "embedded" && manager.ownerOf(DAEMON_JOB).owner !== "ours";
    const seen = isTheirs ? null : await manager.query(DAEMON_JOB);
    const pid = seen !== null && "job" in seen ? seen.job.pid : null;
    if (pid !== null) pids.push(pid);
  }
  return pids;
}

/** In the order in which it is done, for whoever has to agree; sessions live on through it. */
export const releasing = (
  context: ServiceContext,
  daemons: readonly number[],
): readonly string[] => [
  ...daemons.map((pid) => `end the daemon (pid ${pid}); sessions live on`),
  ...held(context).map((path) => `end its job and delete ${path}`),
];
