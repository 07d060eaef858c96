// What a supervisor of a root knows, as it begins (lifecycle §4). It acts only as long as the root
// is its own: in a folder that was removed and made again, another one may supervise by now.

import { ClockWatch } from "./clock-watch.ts";
import type { Concerned } from "./concerned.ts";
import type { Context, SupervisorState } from "./context.ts";
import { Incidents } from "./incidents.ts";
import { Lanes } from "./lanes.ts";
import type { Live, Part } from "./live.ts";
import { Lives } from "./lives.ts";
import { Rest } from "./rest.ts";
import { createLimit } from "../core/limit.ts";
import type { Identity } from "../core/names.ts";
import type { DeathWatch } from "../ports/death-watch.ts";
import type { Host } from "../ports/host.ts";
import type { LeaseHold } from "../ports/lock.ts";

export interface Charge {
  /** Absent: everybody. */
  readonly only?: Concerned;
  /** Of the root's lease; absent: nobody can have taken the root over. */
  readonly hold?: () => LeaseHold;
  /** Told once; nothing is done in the root from then on. */
  readonly onLost?: () => void;
}

interface Heard {
  readonly onExit: (live: Live, part: Part) => void;
  readonly enqueue: (identity: Identity) => void;
}

export function supervisorContext(
  { host, watch }: { readonly host: Host; readonly watch: DeathWatch },
  charge: Charge,
  { onExit, enqueue }: Heard,
): Context {
  const lives = new Lives();
  const rest = new Rest(host.config.tickMs);
  const onUse = (identity: Identity) => rest.wake(lives.get(identity));
  const state: SupervisorState = {
    rootReady: false,
    registry: { version: 1, peers: [] },
    registryStamp: "",
    closing: false,
    lastSeen: null,
    ticks: 0,
    lastTickMs: 0,
  };
  const isLost = lossOf(state, charge);
  return {
    host,
    watches: { host, watch, onExit },
    paneLogs: host.files.changesIn(host.layout.panesDir),
    lives,
    lanes: new Lanes(onUse),
    talks: new Lanes(onUse),
    rest,
    kin: { unread: new Set(), known: new Set() },
    incidents: new Incidents(host),
    clocks: new ClockWatch(host),
    unrecorded: new Map(),
    unlined: new Map(),
    limit: createLimit(host.config.launchConcurrency),
    state,
    keepsHeartbeat: true,
    concerned: charge.only ?? null,
    hurry: new AbortController(),
    enqueue,
    isLost,
    isClosing: () => state.closing || isLost(),
  };
}

/** What cannot be told ends nothing; what has been lost once does not come back. */
function lossOf(state: SupervisorState, { hold, onLost }: Charge): () => boolean {
  let lost = false;
  return () => {
    if (lost || hold?.() !== "lost") return lost;
    lost = true;
    state.closing = true;
    onLost?.();
    return true;
  };
}
