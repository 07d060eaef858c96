// The host in a few lines, what is wrong first. Pure.

import type { WallMs } from "../../core/brand.ts";
import type { DaemonStatus, Snapshot } from "../../core/snapshot.ts";
import type { PeerState } from "../../core/states.ts";
import { countStates, type MemorySeen, type Trouble } from "../trouble.ts";
import type { Paint } from "./color.ts";
import { ago, hueOf } from "./fleet.ts";
import { unusedTexts } from "../../diagnostics/memory-checks.ts";
import { heartbeatText, slotText } from "./memory.ts";
import { counted, visible } from "./text.ts";

export function renderTroubles(found: readonly Trouble[], paint: Paint): readonly string[] {
  return found.flatMap(({ severity, subject, summary, hint }) => [
    `${paint(severity === "error" ? "red" : "yellow", severity)}  ` +
      `${visible(subject)}: ${visible(summary)}`,
    `       ${paint("dim", "next:")} ${visible(hint)}`,
  ]);
}

export function renderDaemon(daemon: DaemonStatus, now: WallMs): string {
  const parts = [
    daemon.state === "running" ? "running" : daemon.state.replace("-", " "),
    ...(daemon.pid === undefined ? [] : [`pid ${daemon.pid}`]),
    ...(daemon.started === undefined ? [] : [`for ${ago(daemon.started, now)}`]),
    ...(daemon.last_tick === undefined ? [] : [`last pass ${ago(daemon.last_tick, now)} ago`]),
    ...(daemon.reason === undefined ? [] : [visible(daemon.reason)]),
  ];
  return `daemon  ${parts.join(", ")}`;
}

export function renderPeerCounts(snapshot: Snapshot, paint: Paint): string {
  const counts = Object.entries(countStates(snapshot)).map(([state, count]) =>
    paint(hueOf(state as PeerState), `${count} ${state}`),
  );
  const peers = snapshot.peers.length;
  if (peers === 0) return "peers   none yet";
  const presences = snapshot.peers.reduce((sum, { runtimes }) => sum + runtimes.length, 0);
  // The states are those of presences: a peer may have several.
  const more = presences === peers ? "" : `, ${counted(presences, "presence")}`;
  return `peers   ${counted(peers, "peer")}${more}: ${counts.join(", ")}`;
}

/** The memory slot; why a file in it is ignored is among the troubles. */
export function renderMemory(memory: MemorySeen): string {
  const heartbeat =
    memory.state !== "occupied" || memory.heartbeat.state === "none"
      ? ""
      : `, heartbeat ${heartbeatText(memory.heartbeat)}`;
  const unused = unusedTexts(memory).map((text) => `, ${text}`).join("");
  return `memory  ${visible(`${slotText(memory)}${heartbeat}${unused}`)}`;
}
