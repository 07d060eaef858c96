// Peers and their states as a table; list, top and status share it. Pure.

import type { WallMs } from "../../core/brand.ts";
import type { PeerRow, PresenceRow } from "../../core/snapshot.ts";
import type { PeerState } from "../../core/states.ts";
import { renderDuration } from "../../formats/duration.ts";
import { parseInstant } from "../../formats/instant.ts";
import type { Hue, Paint } from "./color.ts";
import { type Cell, renderTable } from "./table.ts";
import { visible } from "./text.ts";

export interface FleetTable {
  readonly peers: readonly PeerRow[];
  readonly now: WallMs;
  readonly columnsMax?: number;
  readonly paint: Paint;
}

/** Spelt out for the compiler, so that none is forgotten. */
const STATES: Readonly<Record<PeerState, true>> = {
  alive: true,
  starting: true,
  asleep: true,
  stopped: true,
  "crash-looped": true,
  managed: true,
  unknown: true,
};

export const PEER_STATES: readonly string[] = Object.keys(STATES);

const HEAD = ["NAME", "RUNTIME", "STATE", "SINCE", "IDLE", "DESCRIPTION"];

export function renderFleet({ peers, now, columnsMax, paint }: FleetTable): readonly string[] {
  const rows = peers.flatMap((peer) =>
    peer.runtimes.map((presence) => fleetRow(peer, presence, now)),
  );
  return renderTable({
    head: HEAD,
    rows,
    paint,
    ...(columnsMax === undefined ? {} : { columnsMax }),
  });
}

function fleetRow(peer: PeerRow, presence: PresenceRow, now: WallMs): readonly Cell[] {
  const isUp = presence.state === "alive" || presence.state === "starting";
  return [
    { text: visible(peer.personality) },
    { text: presence.runtime },
    { text: stateText(presence), hue: hueOfSeen(presence) },
    { text: ago(presence.since, now) },
    { text: isUp ? ago(presence.last_active ?? null, now) : "-" },
    { text: visible(peer.description) },
  ];
}

export type StateSeen = Pick<PresenceRow, "state" | "not_started" | "not_ready" | "getting_ready"> &
  Partial<Pick<PresenceRow, "attached">>;

/** `alive (not ready)`. */
export function stateText(seen: StateSeen): string {
  const { state, attached = 0, not_started, not_ready, getting_ready } = seen;
  const notes = [
    ...(not_started === undefined ? [] : ["not started"]),
    ...(not_ready === undefined ? [] : ["not ready"]),
    ...(getting_ready === undefined ? [] : ["getting ready"]),
    ...(attached > 0 ? ["attached"] : []),
  ];
  return notes.length === 0 ? state : `${state} (${notes.join(", ")})`;
}

/** One that is not as it should be is not shown as others that rest, or work. */
export function hueOfSeen({ state, not_started, not_ready, getting_ready }: StateSeen): Hue {
  if (not_started !== undefined || not_ready !== undefined) return "yellow";
  return hueOf(getting_ready === undefined ? state : "starting");
}

/** How long ago; `-` when never. */
export function ago(instant: string | null, now: WallMs): string {
  const wall = instant === null ? null : parseInstant(instant);
  return wall === null ? "-" : renderDuration(Math.max(0, now - wall));
}

export function hueOf(state: PeerState): Hue {
  switch (state) {
    case "alive":
      return "green";
    case "crash-looped":
      return "red";
    case "asleep":
      return "dim";
    case "starting":
    case "managed":
      return "cyan";
    case "stopped":
    case "unknown":
      return "yellow";
  }
}
