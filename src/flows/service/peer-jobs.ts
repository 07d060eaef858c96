// A peer's job at the service manager that holds this root: installed, started, ended, removed,
// and restarted without its session noticing. Shared by create and by the verbs of a peer's life.

import { heldRuntime, peerJobOf } from "./place.ts";
import { markHandOver } from "./hand-over.ts";
import {
  identityOf,
  type Identity,
  type Personality,
  type RuntimeName,
} from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { labelOf, peerJobId, type ServiceAnswer } from "../../core/service.ts";
import type { Host } from "../../ports/host.ts";
import type { Proof } from "../../ports/service-manager.ts";
import { splitIdentity } from "../../rules/names.ts";
import { isUp, readLife, type Life } from "../session/life.ts";
import { teardown } from "../session/teardown.ts";
import { peekDoc } from "../storage/identity-doc.ts";

/** Held by the one process that has it; its pid is inside. */
export const holderLease = (host: Host, identity: Identity): string =>
  `${host.layout.jobsDir}/${identity}.lease`;

/** Its session is up, and this is who holds it. */
export const peerProof =
  (host: Host, peer: RegistryEntry, runtime: RuntimeName): Proof =>
  () => {
    const identity = identityOf(runtime, peer.personality);
    const life = lifeOfIdentity(host, identity);
    if (!isUp(life)) return Promise.resolve({ state: "silent", detail: "its session is not up" });
    const lease = host.files.read(holderLease(host, identity));
    const pid = lease.state === "ok" ? Number(lease.text.trim()) : Number.NaN;
    if (pid > 0) return Promise.resolve({ state: "answers", pid });
    return Promise.resolve({ state: "silent", detail: "nobody says that they hold it" });
  };

function lifeOfIdentity(host: Host, identity: Identity): Life | null {
  const read = peekDoc(host, identity);
  return read.state === "ok" ? readLife(host, read.doc) : null;
}

/** A holder that was killed before it could end the session leaves it to nobody. */
export async function endUnheld(host: Host, peer: RegistryEntry): Promise<void> {
  const life = lifeOfIdentity(host, identityOf(peer.default_runtime, peer.personality));
  if (life?.server !== "alive" || life.start === null) return;
  await teardown(host, { start: life.start, reason: "uninstall", by: "cli" });
}

/** A service manager is to hold it: one is there, and it is not the daemon's to look after. */
export const isForManager = (host: Host, peer: RegistryEntry): RuntimeName | null =>
  host.manager.name === "embedded" ? null : heldRuntime(host, peer);

export async function installPeerJob(
  host: Host,
  peer: RegistryEntry,
  runtime: RuntimeName,
): Promise<ServiceAnswer> {
  const job = peerJobOf(host, peer, runtime);
  return logged(host, ["install", peer.personality], () =>
    host.manager.install(job, peerProof(host, peer, runtime)),
  );
}

export async function startPeerJob(
  host: Host,
  peer: RegistryEntry,
  runtime: RuntimeName,
): Promise<ServiceAnswer> {
  const job = peerJobOf(host, peer, runtime);
  return logged(host, ["start", peer.personality], () =>
    host.manager.start(job, peerProof(host, peer, runtime)),
  );
}

/** A new holder for the same session: after an upgrade. */
export async function restartPeerJob(
  host: Host,
  peer: RegistryEntry,
  runtime: RuntimeName,
): Promise<ServiceAnswer> {
  const job = peerJobOf(host, peer, runtime);
  markHandOver(host, peer.personality);
  return logged(host, ["restart", peer.personality], () =>
    host.manager.restart(job, peerProof(host, peer, runtime)),
  );
}

export const stopPeerJob = (host: Host, personality: Personality): Promise<ServiceAnswer> =>
  logged(host, ["stop", personality], () => host.manager.stop(peerJobId(personality)));

/** Ends it and deletes its file; what was kept about the job goes too. */
export async function removePeerJob(
  host: Host,
  personality: Personality,
): Promise<ServiceAnswer> {
  const id = peerJobId(personality);
  const removed = await logged(host, ["remove", personality], () => host.manager.remove(id));
  if (removed.state === "not-loaded") forgetJob(host, personality);
  return removed;
}

function forgetJob(host: Host, personality: Personality): void {
  const label = labelOf(peerJobId(personality));
  const { jobsDir } = host.layout;
  const listed = host.files.list(jobsDir);
  for (const name of "names" in listed ? listed.names : []) {
    const identity = name.endsWith(".lease") ? splitIdentity(name.slice(0, -6)) : null;
    if (identity?.personality === personality) host.files.remove(`${jobsDir}/${name}`);
  }
  for (const kind of ["loaded", "hand-over"]) {
    host.files.remove(`${jobsDir}/${label}.${kind}`);
  }
  host.files.remove(`${host.layout.jobLogsDir}/${label}.log`);
}

/** One line for each thing asked of a service manager (lifecycle §8). */
async function logged(
  host: Host,
  [verb, personality]: readonly [verb: string, personality: Personality],
  ask: () => Promise<ServiceAnswer>,
): Promise<ServiceAnswer> {
  const begun = host.clock.mono();
  const answer = await ask();
  const ms = Math.round(host.clock.mono() - begun);
  const { state, reason } = answer;
  const fields = { peer: personality, manager: host.manager.name, verb, state, ms, reason };
  host.log.write("lifecycle", { ev: "service", fields });
  return answer;
}
