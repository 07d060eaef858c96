// Which identities there are: every presence in the registry, and whatever an identity document
// or a session folder is left of. The registry is read again only when its file has changed.

import { mendRegistry, registryFor, tell } from "./lost-registry.ts";
import { createLive, refreshLive, type Live } from "./live.ts";
import type { Context, MemberState } from "./context.ts";
import type { Identity } from "../core/names.ts";
import { presencesOf, type Presence } from "../core/profile.ts";
import { canaryProcess } from "../flows/session/canary.ts";
import { launchEnvFor } from "../flows/doctrine.ts";
import { finishRenames } from "../flows/peers/cut-rename.ts";
import { listNames } from "../flows/storage/list-names.ts";
import { readRegistry, type RegistryRead, registryStamp } from "../flows/storage/registry.ts";
import type { Host } from "../ports/host.ts";
import { splitIdentity } from "../rules/names.ts";

/** What knows of members, a supervisor or a single look. */
export interface Membership extends Pick<Context, "host" | "lives" | "lanes"> {
  readonly state: MemberState;
  /** Only a supervisor makes passes. */
  readonly rest?: Context["rest"];
}

/** What a look at a fleet is for: a listing of states asks nothing about canaries. */
export type Scope = "all" | "states";

/**
 * Takes in changes of the registry. One that is lost or cannot be read leaves the last good one
 * in force: a peer must not look removed because a file is broken.
 */
export function refreshMembers(context: Membership, scope: Scope = "all"): void {
  const { host, state } = context;
  const stamp = registryStamp(host);
  if (stamp === state.registryStamp) return;
  const read = readRegistry(host);
  if (read.state === "failed") {
    state.renamesOwed ??= true;
    return tell(host, read.detail);
  }
  if (state.renamesOwed === true) finishOwed(context);
  state.renamesOwed = false;
  state.registryStamp = stamp;
  state.registry = read.state === "ok" ? read.registry : registryFor(context, textOf(read));
  state.registryLost = read.state === "corrupt" || (read.state === "missing" && isKnown(state));
  if (state.registryLost) tell(host, read.state === "corrupt" ? read.detail : "it is gone");
  // Only a daemon ticks, and only a daemon writes without being asked.
  if (state.registryLost && state.ticks > 0) mendRegistry(context);
  const presences = presencesOf(state.registry.peers);
  const known = new Set(presences.map(({ identity }) => identity));
  for (const presence of presences) admit(context, presence, scope);
  for (const live of context.lives.values()) {
    if (!known.has(live.identity)) dismiss(context, live);
  }
}

/** Before anybody is planned for by the names that can be read only now. */
function finishOwed({ host, lives }: Membership): void {
  finishRenames(host);
  for (const live of lives.values()) {
    if (live.start === null && live.adopting === null) refreshLive(host, live);
  }
}

const textOf = (read: RegistryRead): string | null =>
  read.state === "corrupt" ? read.text : null;

const isKnown = ({ registry }: MemberState): boolean => registry.peers.length > 0;

function admit(context: Membership, presence: Presence, scope: Scope): void {
  const known = context.lives.get(presence.identity);
  if (known !== undefined) {
    known.presence = presence;
    return;
  }
  const { identity, runtime, peer } = presence;
  const names = { identity, runtime, personality: peer.personality };
  const live = createLive(names, presence);
  context.lives.set(identity, live);
  adopt(context.host, live, scope);
}

function dismiss(context: Membership, live: Live): void {
  live.presence = null;
  // What cannot be read may speak of a life.
  if (!live.docKnown || live.start !== null || context.lanes.busy(live.identity)) return;
  if (live.doc.generation === null) context.lives.delete(live.identity);
}

/** Identities that only left state behind: watched and shown, never launched. */
export function admitLeftovers(context: Membership, scope: Scope = "all"): void {
  const { host } = context;
  const docs = listNames(host, host.layout.identityDocsDir);
  const names = [
    ...docs.map((name) => name.replace(/\.json$/, "")),
    ...listNames(host, host.layout.sessionsDir),
  ];
  for (const name of new Set(names)) {
    if (context.lives.has(name as Identity)) continue;
    const split = splitIdentity(name);
    if (split === null) continue;
    const live = createLive(split, null);
    context.lives.set(split.identity, live);
    adopt(host, live, scope);
  }
}

/** First look at what an earlier supervisor left of an identity. */
export function adopt(host: Host, live: Live, scope: Scope = "all"): void {
  refreshLive(host, live);
  if (live.presence !== null && host.runtimes.get(live.runtime)?.traits.agentic === true) {
    const environment = launchEnvFor(host, live.presence.peer, live.runtime);
    if (environment.ok) live.launchEnv = environment.value.env;
  }
  if (live.doc.generation === null || live.end !== null || scope === "states") return;
  const ref = { identity: live.identity, generation: live.doc.generation };
  live.canary = canaryProcess(host, ref);
}
