// A wake as the supervisor sees it: the flow under the identity's lane, then the new life's
// watches, so that a death in its first milliseconds is noticed like any other.

import type { Context, Unrecorded } from "./context.ts";
import { rememberWake } from "./decision-log.ts";
import { noteWoken, refreshLive, type Live } from "./live.ts";
import { freezeAhead } from "./observe.ts";
import { expectRecord } from "./unrecorded.ts";
import { besideIt } from "./living.ts";
import { armLife } from "./watches.ts";
import type { IdentityDoc } from "../core/identity-doc.ts";
import type { GenerationId } from "../core/names.ts";
import type { WakeMode, WakeTrigger } from "../core/states.ts";
import { refuseWake, wake, type WakeOutcome } from "../flows/wake.ts";
import type { Host } from "../ports/host.ts";

export interface BringUp {
  readonly trigger: WakeTrigger;
  /** Whose word it is; absent: the supervisor's own. */
  readonly from?: string;
  readonly topic?: string;
  readonly asked?: WakeMode;
  /** What the operator's word changes in the document, unless it is refused. */
  readonly change?: (doc: IdentityDoc) => IdentityDoc;
}

/** Must run in the identity's lane, after its last end has been settled. */
export async function bringUp(context: Context, live: Live, ask: BringUp): Promise<WakeOutcome> {
  const outcome = await bringUpNow(context, live, ask);
  rememberWake(context.host, live, outcome);
  return outcome;
}

const UNKNOWN = {
  state: "refused",
  cause: "unknown-peer",
  next: "iapeer list shows who there is",
} as const;

async function bringUpNow(context: Context, live: Live, ask: BringUp): Promise<WakeOutcome> {
  const { host } = context;
  const { presence } = live;
  const runtime = host.runtimes.get(live.runtime);
  if (live.leaving !== null) {
    return { ...UNKNOWN, detail: `it is being ${live.leaving}` };
  }
  if (presence === null || runtime === undefined) {
    const detail = presence === null ? "not in the registry" : `no runtime ${live.runtime}`;
    return { ...UNKNOWN, detail };
  }
  const { identity } = live;
  if (context.isClosing()) return refuseWake(host, identity, { ...ask, ...ENDING });
  if (!live.docKnown) refreshLive(host, live);
  if (!live.docKnown) return refuseWake(host, identity, { ...ask, ...unread(host, live) });
  live.launching = true;
  const { generation } = live.doc;
  const before = generation === null || live.end !== null ? null : over(host, live, generation);
  try {
    const outcome = await wake(host, {
      presence,
      runtime,
      registry: context.state.registry,
      doc: live.doc,
      known: live.start,
      taken: besideIt(context, live)?.runtime,
      limit: context.limit,
      owe: (end) => (live.owed = end),
      ...ask,
    });
    if (outcome.state === "woke") live.start = outcome.start;
    if (outcome.state === "woke" && outcome.isNoted) noteWoken(host, live, outcome);
    else refreshLive(host, live);
    noteUnlaunched(live, outcome, generation);
    const isReplaced = before !== null && live.doc.generation !== before.generation;
    // Of an end that is owed it is known how it was.
    if (isReplaced && live.owed?.generation !== before.generation) expectRecord(context, before);
    if (outcome.state !== "woke") return outcome;
    noteLife(context, live, { outcome, ask });
    // Its log and its transcript may be of a time before the clock was set back.
    if (context.clocks.floorMono !== null) freezeAhead(host, live);
    return outcome;
  } finally {
    live.launching = false;
  }
}

/** What becomes of it is known by now: its successor is not begun yet. */
function over(host: Host, live: Live, generation: GenerationId): Unrecorded {
  const { identity, start, unseen } = live;
  const since = unseen === null ? {} : { since: unseen.since };
  return { identity, generation, start, ...since, overWall: host.clock.wall() };
}

/** It settles nothing more, so that what died just now would never count as a death. */
const ENDING = {
  cause: "daemon-ending",
  detail: "the daemon is ending, and begins nothing new",
  next: "try again when the next one runs: iapeer daemon status",
} as const;

/** Whatever has its socket may be its own life: a launch would end that first (lifecycle §2). */
function unread({ layout }: Host, { identity }: Live) {
  const path = layout.identityDoc(identity);
  return {
    cause: "liveness-unknown",
    detail: `it cannot be told whether it is alive: ${path} cannot be read`,
    next: "make that file readable, then try again",
  };
}

/** A PATH is long. */
const UNLAUNCHED_MAX = 300;

/** A launch that has begun tells by its own record how it went. */
function noteUnlaunched(live: Live, outcome: WakeOutcome, before: GenerationId | null): void {
  if (outcome.state === "refused") return;
  const isRecorded = outcome.state !== "failed" || live.doc.generation !== before;
  live.unlaunched = isRecorded ? null : outcome.detail.slice(0, UNLAUNCHED_MAX);
  live.remedy = outcome.state === "failed" ? (outcome.remedy ?? null) : null;
}

function noteLife(
  context: Context,
  live: Live,
  up: { outcome: Extract<WakeOutcome, { state: "woke" }>; ask: BringUp },
): void {
  const { outcome } = up;
  const { mode, cause } = outcome.woke;
  const { generation } = outcome.start;
  const { trigger, topic, from } = up.ask;
  context.host.log.write("lifecycle", {
    ev: "wake",
    fields: { identity: live.identity, generation, mode, cause, trigger, topic, from },
  });
  const now = context.host.clock.mono();
  live.bornMono = now;
  live.idleFloorMono = now;
  live.launchEnv = outcome.launchEnv;
  live.canary = null;
  noteCanary(context, live, outcome.canaryPid);
  armLife(context.watches, live);
}

/** The recorder that was just spawned; its own file comes a moment later. */
export function noteCanary(context: Context, live: Live, pid: number | null): void {
  const found = pid === null ? null : context.host.processes.identify(pid);
  if (found !== null && found !== "unknown") live.canary = found;
}
