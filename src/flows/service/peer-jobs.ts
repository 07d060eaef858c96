// A peer's job at the service manager that holds this root: installed, started, ended, removed,
// and restarted without its session noticing. Shared by create and by the verbs of a peer's life.

import { heldRuntime, peerJobOf } from "./place.ts";
import { dropHandOver, markHandOver } from "./hand-over.ts";
import { isUnstarted } from "../../core/generation.ts";
import type { IdentityDoc } from "../../core/identity-doc.ts";
import {
  identityOf,
  type Identity,
  type Personality,
  type RuntimeName,
} from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { labelOf, peerJobId, type ServiceAnswer } from "../../core/service.ts";
import type { Host } from "../../ports/host.ts";
import type { Proof, ProofState } from "../../ports/service-manager.ts";
import { splitIdentity } from "../../rules/names.ts";
import { isUp, readLife, type Life } from "../session/life.ts";
import { peekDoc } from "../storage/identity-doc.ts";
import { listNames } from "../storage/list-names.ts";

/** Held by the one process that has it; its pid is inside. */
export const holderLease = (host: Host, identity: Identity): string =>
  `${host.layout.jobsDir}/${identity}.lease`;

/**
 * Its session is up, and this is who holds it. A holder whose launch came to nothing since this
 * was made notes when it tries again.
 */
export function peerProof(host: Host, peer: RegistryEntry, runtime: RuntimeName): Proof {
  const identity = identityOf(runtime, peer.personality);
  const before = pauseOf(docOf(host, identity));
  return () => {
    const doc = docOf(host, identity);
    const life = doc === null ? null : readLife(host, doc);
    if (!isUp(life)) {
      const pause = pauseOf(doc);
      return Promise.resolve({ ...notUp(life), isFinal: pause !== null && pause !== before });
    }
    const lease = host.files.read(holderLease(host, identity));
    const pid = lease.state === "ok" ? Number(lease.text.trim()) : Number.NaN;
    if (pid > 0) return Promise.resolve({ state: "answers", pid });
    return Promise.resolve({ state: "silent", detail: "nobody says that they hold it" });
  };
}

function notUp(life: Life | null): Extract<ProofState, { state: "silent" }> {
  const end = life?.end ?? null;
  const why = end !== null && isUnstarted(end) ? end.detail : undefined;
  if (why === undefined) return { state: "silent", detail: "its session is not up" };
  return { state: "silent", detail: `it could not be started, and is tried again: ${why}` };
}

const pauseOf = (doc: IdentityDoc | null): number | null => doc?.restart.notBeforeWall ?? null;

function docOf(host: Host, identity: Identity): IdentityDoc | null {
  const read = peekDoc(host, identity);
  return read.state === "ok" ? read.doc : null;
}

/** A service manager is to hold it: one is there, and it is not the daemon's to look after. */
export const isForManager = (host: Host, peer: RegistryEntry): RuntimeName | null =>
  host.manager.name === "embedded" ? null : heldRuntime(host, peer);

type HoldJob = (host: Host, peer: RegistryEntry, runtime: RuntimeName) => Promise<ServiceAnswer>;

/** Where another holder takes the place of one that runs, the session lives on. */
const holding =
  (verb: "install" | "start" | "restart"): HoldJob =>
  (host, peer, runtime) => {
    const job = peerJobOf(host, peer, runtime);
    const proof = peerProof(host, peer, runtime);
    return logged(host, [verb, peer.personality], () =>
      handingOver(host, identityOf(runtime, peer.personality), () =>
        host.manager[verb](job, proof),
      ),
    );
  };

export const installPeerJob = holding("install");
export const startPeerJob = holding("start");
/** A new holder for the same session: after an upgrade. */
export const restartPeerJob = holding("restart");

/** Without the mark on disk nothing is asked: the holder would take TERM for an order to end. */
async function handingOver(
  host: Host,
  identity: Identity,
  ask: () => Promise<ServiceAnswer>,
): Promise<ServiceAnswer> {
  const marked = markHandOver(host, identity);
  if (marked.state === "failed") return unmarked(host, marked.detail);
  const answer = await ask();
  // Whom it was for has taken it by now; an order that comes later is meant.
  dropHandOver(host, identity);
  return answer;
}

const unmarked = (host: Host, detail: string): ServiceAnswer => ({
  state: "failed",
  exitCode: null,
  stderr: "",
  reason: `nothing was done, since its session would end: ${host.layout.jobsDir}: ${detail}`,
  next: "make room, or make that folder writable, and try again",
});

export const stopPeerJob = (host: Host, personality: Personality): Promise<ServiceAnswer> =>
  logged(host, ["stop", personality], () => host.manager.stop(peerJobId(personality)));

/** Ends it, with its session, and deletes its file; what was kept about the job goes too. */
export async function removePeerJob(
  host: Host,
  personality: Personality,
): Promise<ServiceAnswer> {
  const id = peerJobId(personality);
  const removed = await logged(host, ["remove", personality], () => host.manager.remove(id));
  if (removed.state === "not-loaded") forgetJob(host, personality);
  return removed;
}

/** Takes a peer out of its manager's hands: its session lives on. */
export const releasePeerJob = (host: Host, peer: RegistryEntry): Promise<ServiceAnswer> =>
  handingOver(host, identityOf(peer.default_runtime, peer.personality), () =>
    removePeerJob(host, peer.personality),
  );

/** The files of this root's own job for it, that are there: they go with the peer. */
export function jobFiles(host: Host, personality: Personality): readonly string[] {
  const { files, manager } = host;
  const id = peerJobId(personality);
  const own = manager.ownerOf(id).owner === "ours" ? manager.fileOf(id) : null;
  return [...(own === null ? [] : [own]), ...keptOf(host, personality)].filter(
    (path) => files.stat(path).state !== "missing",
  );
}

/** What was kept about the job beside its file: what it was loaded from, and its output. */
function keptOf({ layout }: Host, personality: Personality): readonly string[] {
  const label = labelOf(peerJobId(personality));
  return [`${layout.jobsDir}/${label}.loaded`, `${layout.jobLogsDir}/${label}.log`];
}

/** Why this is not ours to start, end or delete; null: nobody else's file names the peer. */
export function strangersJob({ manager }: Host, personality: Personality): string | null {
  const id = peerJobId(personality);
  const owner = manager.ownerOf(id);
  if (owner.owner !== "foreign") return null;
  const path = manager.fileOf(id) ?? "a file in its service manager's folder";
  return `a service manager holds it by ${path}, which is not iapeer's: ${owner.detail}`;
}

/** Nothing of it is left for a namesake. */
export function forgetJob(host: Host, personality: Personality): void {
  const { jobsDir } = host.layout;
  for (const name of listNames(host, jobsDir)) {
    const identity = splitIdentity(name.replace(/\.(?:lease|hand-over)$/, ""));
    if (identity?.personality === personality) host.files.remove(`${jobsDir}/${name}`);
  }
  for (const path of keptOf(host, personality)) host.files.remove(path);
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
