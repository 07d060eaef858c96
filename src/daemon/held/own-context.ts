// A supervisor's context for one peer that this process alone holds (service-manager contract,
// "Always-on peers"): the same flows and the same accounting as the daemon's, with the rules of
// its service manager in place of the daemon's restarts, parking and guard.

import { ClockWatch } from "../clock-watch.ts";
import type { Context } from "../context.ts";
import { Incidents } from "../incidents.ts";
import { createLimit } from "../../core/limit.ts";
import { Lanes } from "../lanes.ts";
import { Lives } from "../lives.ts";
import { createLive, type Live } from "../live.ts";
import { Rest } from "../rest.ts";
import { lastSeenByDaemon } from "../unseen.ts";
import { identityOf } from "../../core/names.ts";
import type { RuntimeName } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type { DeathWatch } from "../../ports/death-watch.ts";
import type { Host } from "../../ports/host.ts";
import { GIVE_UP_FAILURES, GIVE_UP_WINDOW_MS } from "../../rules/give-up.ts";

export interface OwnPeer {
  readonly context: Context;
  readonly live: Live;
}

export interface OwnSpec {
  readonly entry: RegistryEntry;
  readonly runtime: RuntimeName;
  readonly watch: DeathWatch;
  /** Something about it may have changed. */
  readonly onChange: () => void;
}

export function ownContext(host: Host, spec: OwnSpec): OwnPeer {
  // Not restarted here, since that is the service manager's, and never parked for idleness.
  const peer: RegistryEntry = { ...spec.entry, always_on: false, wake_policy: "warm" };
  const { runtime, watch, onChange } = spec;
  const identity = identityOf(runtime, peer.personality);
  const names = { identity, runtime, personality: peer.personality };
  const live = createLive(names, { identity, runtime, peer });
  const own = ownHost(host);
  const context: Context = {
    host: own,
    watches: { host: own, watch, onExit: onChange },
    paneLogs: own.files.changesIn(own.layout.panesDir),
    lives: new Lives().set(identity, live),
    lanes: new Lanes(),
    talks: new Lanes(),
    incidents: new Incidents(own),
    rest: new Rest(own.config.tickMs),
    kin: { unread: new Set(), known: new Set() },
    clocks: new ClockWatch(own),
    unrecorded: new Map(),
    unlined: new Map(),
    limit: createLimit(1),
    state: {
      rootReady: true,
      registry: { version: 1, peers: [peer] },
      registryStamp: "",
      closing: false,
      lastSeen: lastSeenByDaemon(own),
      ticks: 0,
      lastTickMs: 0,
    },
    keepsHeartbeat: false,
    concerned: null,
    hurry: new AbortController(),
    enqueue: onChange,
    isLost: () => false,
    isClosing: () => false,
  };
  return { context, live };
}

/** To this process the peer is not somebody else's. */
function ownHost(host: Host): Host {
  const { manager, config } = host;
  return {
    ...host,
    manager: { ...manager, manages: () => false, held: () => [] },
    config: {
      ...config,
      idleMs: Number.MAX_SAFE_INTEGER,
      crashLoopMax: GIVE_UP_FAILURES,
      crashLoopWindowMs: GIVE_UP_WINDOW_MS,
    },
  };
}
