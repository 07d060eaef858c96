// What is wrong with a host, worst first; status and the bare `iapeer` show it. Pure.

import { daemonTrouble, logTrouble } from "./daemon-trouble.ts";
import type { IapeerError } from "../core/error.ts";
import type { DaemonStatus, PeerRow, PresenceRow, Snapshot } from "../core/snapshot.ts";
import type { SlotReading } from "../core/provider.ts";
import { WAY_OUT } from "../core/service.ts";
import type { PeerState } from "../core/states.ts";
import { diagnose, worstFirst } from "../diagnostics/finding.ts";
import { MEMORY_CHECKS } from "../diagnostics/memory-checks.ts";
import type { Heartbeat } from "../flows/provision/slot.ts";
import { parseInstant } from "../formats/instant.ts";
import type { Host } from "../ports/host.ts";
import { commandFor } from "../rules/presence-command.ts";

export interface Trouble {
  readonly severity: "error" | "warn" | "unknown";
  /** Stable, kebab-case. */
  readonly code: string;
  readonly subject: string;
  readonly summary: string;
  readonly hint: string;
}

export interface HostSeen {
  readonly configTrouble: IapeerError | null;
  /** When config.json was last changed; null: it cannot be looked at. */
  readonly configWall: number | "missing" | null;
  readonly daemon: DaemonStatus;
  /** An install has said who holds the daemon, even if it is nobody. */
  readonly isInstalled: boolean;
  /** What is recorded to hold it can hold nothing here. */
  readonly isHolderLacking?: boolean;
  /** Why no daemon can be started here. */
  readonly unfit?: IapeerError | null;
  readonly snapshot: Snapshot;
  /** The latest failure to write a log. */
  readonly logTrouble: string | null;
  /** Why the registry cannot be used now, in which case no peer may be seen. */
  readonly registryTrouble: string | null;
  readonly memory: MemorySeen;
}

export type MemorySeen =
  | Exclude<SlotReading, { readonly state: "occupied" }>
  | (Extract<SlotReading, { readonly state: "occupied" }> & { readonly heartbeat: Heartbeat });

export function troubles(seen: HostSeen): readonly Trouble[] {
  const { snapshot, registryTrouble, memory } = seen;
  return worstFirst([
    ...configTrouble(seen),
    ...(registryTrouble === null ? [] : [unusable(registryTrouble)]),
    ...daemonTrouble(seen.daemon, seen),
    ...logTrouble(seen.logTrouble),
    ...snapshot.peers.flatMap((peer) =>
      peer.runtimes.flatMap((presence) => presenceTrouble(peer, presence, seen)),
    ),
    ...diagnose(MEMORY_CHECKS, memory),
  ]);
}

/** A daemon that runs has what it started with, until it is restarted. */
export function configTrouble(seen: ConfigSeen): readonly Trouble[] {
  const { configTrouble: trouble, configWall, daemon } = seen;
  const subject = "configuration";
  if (trouble !== null) {
    const why = (trouble.why ?? "").replaceAll("\n", "; ");
    const summary = `it cannot be used, so nothing can be changed or started: ${why}`;
    return [{ severity: "error", code: trouble.code, subject, summary, hint: trouble.next }];
  }
  const change = daemon.state === "running" ? changeOf(configWall, daemon) : null;
  if (change === null) return [];
  return [
    {
      severity: "warn",
      code: "config-changed",
      subject,
      summary: `config.json was ${change}`,
      hint: "iapeer daemon restart takes it in",
    },
  ];
}

/** Of a clock that was set in between both times may lie: no more than a warning. */
function changeOf(
  wall: ConfigSeen["configWall"],
  { config, started = "" }: DaemonStatus,
): string | null {
  if (wall === null) return null;
  if (wall === "missing") {
    const goesOn = "taken away after the daemon started, which goes on with what it said";
    return config === "file" ? goesOn : null;
  }
  const since = parseInstant(started);
  const isNewer = since !== null && Math.floor(wall) > since;
  const goesOn = "changed after the daemon started, which goes on without the change";
  return isNewer || config === "none" ? goesOn : null;
}

type ConfigSeen = Pick<HostSeen, "configTrouble" | "configWall" | "daemon">;

export function configWall(
  { files, layout }: Pick<Host, "files" | "layout">,
): ConfigSeen["configWall"] {
  const stat = files.statTarget(layout.configFile);
  if (stat.state === "ok") return stat.mtimeMs;
  return stat.state === "missing" ? "missing" : null;
}

const unusable = (detail: string): Trouble => ({
  severity: "error",
  code: "registry-unusable",
  subject: "registry",
  summary: `it cannot be used, so peers may be missing here: ${detail}`,
  hint: "iapeer verify --fix",
});

function presenceTrouble(
  peer: PeerRow,
  presence: PresenceRow,
  how: Pick<HostSeen, "daemon" | "isHolderLacking">,
): readonly Trouble[] {
  const { identity, runtime, state, not_started: failed, not_ready: unready } = presence;
  const { personality: name, default_runtime: defaultRuntime } = peer;
  if (state === "crash-looped") {
    const anew = commandFor("new", { personality: name, runtime, defaultRuntime });
    return [
      {
        severity: "error",
        code: "crash-looped",
        subject: identity,
        summary: "died too often in a short time, and is not restarted",
        hint: `${startFirst(how)}iapeer why ${name}; ${anew} starts it again`,
      },
    ];
  }
  if (failed !== undefined) {
    return [
      {
        severity: "warn",
        code: "not-started",
        subject: identity,
        summary: `it is always on, and could not be started: ${failed}`,
        hint:
          how.daemon.state === "not-running" && state !== "managed"
            ? `${startFirst(how)}iapeer why ${name} says what stands in its way`
            : `iapeer why ${name} says when it is tried again`,
      },
    ];
  }
  if (unready !== undefined) {
    const attach = commandFor("attach", { personality: name, runtime, defaultRuntime });
    return [
      {
        severity: "warn",
        code: "not-ready",
        subject: identity,
        summary: `it runs, and was not seen to be ready: ${unready}`,
        hint: `${attach} shows what it asks`,
      },
    ];
  }
  if (state !== "unknown") return [];
  return [
    {
      severity: "unknown",
      code: "liveness-unknown",
      subject: identity,
      summary: "whether it is alive cannot be told",
      hint: `iapeer why ${name}`,
    },
  ];
}

/** Only a daemon launches sessions. */
const startFirst = ({ daemon, isHolderLacking = false }: Parameters<typeof presenceTrouble>[2]) =>
  daemon.state === "not-running"
    ? `${isHolderLacking ? WAY_OUT : "iapeer daemon start"} comes first; `
    : "";

/** How many presences are in each state; only states that occur. */
export function countStates(snapshot: Snapshot): Readonly<Partial<Record<PeerState, number>>> {
  const counts: Partial<Record<PeerState, number>> = {};
  for (const { runtimes } of snapshot.peers) {
    for (const { state } of runtimes) counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}
