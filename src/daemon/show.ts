// What the supervisor tells of itself: the listing. Observed now, from the same view that plan()
// gets.

import type { Membership } from "./members.ts";
import { asKnown, type Live } from "./live.ts";
import { observe } from "./observe.ts";
import { isUnstarted } from "../core/generation.ts";
import type { PeerRow, PresenceRow, Snapshot } from "../core/snapshot.ts";
import { identityOf } from "../core/names.ts";
import type { PeerState } from "../core/states.ts";
import { wallMs } from "../core/brand.ts";
import type { IdentityView } from "../core/world.ts";
import type { RegistryEntry } from "../core/profile.ts";
import { renderInstant } from "../formats/instant.ts";
import { pathsOf } from "../flows/session/records.ts";
import { peerState } from "../rules/peer-state.ts";

export function snapshot(context: Membership): Snapshot {
  const peers = context.state.registry.peers.map((peer) => peerRow(context, peer));
  return { schema: "iapeer.list.v1", peers };
}

function peerRow(context: Membership, peer: RegistryEntry): PeerRow {
  return {
    personality: peer.personality,
    description: peer.description,
    intelligence: peer.intelligence,
    cwd: peer.cwd,
    default_runtime: peer.default_runtime,
    runtimes: peer.runtimes.flatMap((runtime) => {
      const live = context.lives.get(identityOf(runtime, peer.personality));
      return live === undefined ? [] : [presenceRow(context, live)];
    }),
  };
}

/** For who only asks: an end noticed so, of which no watch tells, is for the next pass. */
export function observeAsked({ host, rest }: Membership, live: Live): IdentityView {
  const view = observe(host, asKnown(live));
  rest?.wakeEnded(live);
  return view;
}

function presenceRow(context: Membership, live: Live): PresenceRow {
  const { host } = context;
  const view = observeAsked(context, live);
  const state = peerState(view, { wall: host.clock.wall() }, host.config);
  const up = state === "alive" || state === "starting";
  const { start } = live;
  const idle = view.generation?.idleMs;
  const active = typeof idle === "number" ? wallMs(host.clock.wall() - idle) : null;
  return {
    runtime: live.runtime,
    identity: live.identity,
    state,
    since: since(live, up),
    ...(live.doc.generation === null ? {} : { generation: live.doc.generation }),
    ...(up && start?.server !== undefined ? { server_pid: start.server.pid } : {}),
    ...(up && start?.pane !== undefined ? { pane_pid: start.pane.pid } : {}),
    attached: up ? attachedCount(context, live) : 0,
    ...(up && active !== null ? { last_active: renderInstant(active) } : {}),
    ...shortfall(view, state),
  };
}

/** What a state alone does not say: it is not up as it should be, or not as ready. */
export function shortfall(
  view: IdentityView,
  state: PeerState,
): Pick<PresenceRow, "not_started" | "not_ready" | "getting_ready"> {
  const failed = state === "asleep" || state === "managed" ? unstarted(view) : undefined;
  const up = state === "alive" || state === "starting";
  const unready = up ? view.generation?.unready : undefined;
  return {
    ...(failed === undefined ? {} : { not_started: failed }),
    ...(unready === undefined ? {} : { not_ready: unready }),
    ...(state === "alive" && view.generation?.readyingMs !== undefined
      ? { getting_ready: true }
      : {}),
  };
}

/** Of one that should be up: what keeps it from being started. */
function unstarted(view: IdentityView): string | undefined {
  const { alwaysOn, managed, runtime, defaultRuntime, generation, unlaunched } = view;
  if (!(alwaysOn || managed) || runtime !== defaultRuntime) return undefined;
  const end = generation?.end ?? null;
  if (unlaunched !== undefined || end === null) return unlaunched;
  return isUnstarted(end) ? (end.detail ?? "its last launch failed") : undefined;
}

/** Alive since its launch; at rest since its end. */
function since(live: Live, up: boolean): string | null {
  if (!up && live.end !== null) return live.end.ts;
  return live.start === null ? null : renderInstant(live.start.startedWall);
}

/** As last written by the session's own hooks; no child process is asked. */
export function attachedCount(context: Membership, live: Live): number {
  if (live.doc.generation === null) return 0;
  const ref = { identity: live.identity, generation: live.doc.generation };
  const path = pathsOf(context.host, ref).attached;
  if (context.host.files.stat(path).state === "missing") return 0;
  const read = context.host.files.read(path);
  const count = read.state === "ok" ? Number(read.text.trim()) : 0;
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}
