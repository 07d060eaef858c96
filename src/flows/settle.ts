// Accounting for an end (lifecycle §4 lines 2 and 3, §5): what a life's end changes in the
// identity's document, in one atomic write, and the record that no witness left.

import { isOfThisBoot } from "./session/life.ts";
import { readEnd, recordEnd } from "./session/records.ts";
import { witnessOf } from "./session/witness-of.ts";
import { changeDoc, type DocWrite } from "./storage/identity-doc.ts";
import { wallMs, type WallMs } from "../core/brand.ts";
import type {
  SettleDeath,
  SettleDeliberate,
  SettleStopped,
  SettleUnstarted,
} from "../core/decision.ts";
import type { EndRecord, EndVerdict, StartRecord } from "../core/generation.ts";
import type { IdentityDoc } from "../core/identity-doc.ts";
import type { GenerationId, Identity } from "../core/names.ts";
import type { Result } from "../core/result.ts";
import type { ServerExitCause } from "../core/states.ts";
import { renderInstant } from "../formats/instant.ts";
import type { PaneEnd } from "../formats/pane-end.ts";
import type { Host } from "../ports/host.ts";
import { addDeath } from "../rules/crash-loop.ts";
import { nextRestart } from "../rules/restart.ts";
import { endVerdict } from "../rules/verdict.ts";
import { resumesPark } from "../rules/wake.ts";

type Settlement = SettleStopped | SettleDeliberate | SettleDeath | SettleUnstarted;

/** A crash before the write leaves the end unsettled; after it, the end never counts again. */
export function settle(host: Host, decision: Settlement, start: StartRecord | null): DocWrite {
  const now = host.clock.wall();
  return changeDoc(host, decision.identity, (doc) => {
    if (decision.generation === null || doc.settled === decision.generation) return doc;
    const { neverLived, ...known } = doc;
    const base = { ...known, settled: decision.generation, ephemeralArmed: false };
    switch (decision.action) {
      case "settle-stopped":
        return { ...base, parked: true };
      case "settle-deliberate":
        return { ...base, parked: decision.parked };
      case "settle-death":
        return afterDeath(host, base, { healthMs: decision.healthMs, now });
      case "settle-unstarted":
        return {
          ...backedOff(host, base, { healthMs: 0, now }),
          ...(neverLived === undefined ? {} : { neverLived }),
          parked: start !== null && resumesPark(start),
        };
    }
  });
}

interface PastLife {
  readonly healthMs: number;
  readonly now: WallMs;
}

const afterDeath = (host: Host, doc: IdentityDoc, life: PastLife): IdentityDoc => ({
  ...backedOff(host, doc, life),
  deaths: addDeath(doc.deaths, life.now),
});

function backedOff(host: Host, doc: IdentityDoc, life: PastLife): IdentityDoc {
  return {
    ...doc,
    parked: false,
    restart: nextRestart(doc.restart, life.healthMs, { now: life.now, config: host.config }),
  };
}

export interface UnwitnessedEnd {
  readonly identity: Identity;
  readonly generation: GenerationId;
  readonly start: StartRecord | null;
  readonly cause: ServerExitCause;
  /** The last instant at which it was known alive; only for ends that nobody saw. */
  readonly since?: WallMs;
  /** When it was known to be over; absent: it is known now. */
  readonly overWall?: WallMs;
  /** Only the pane's process has ended; its server is still to be cleared. */
  readonly sessionOnly?: boolean;
  /** What the pane's own server says about its process. */
  readonly pane?: PaneEnd;
  /** How the host did for memory at its end. */
  readonly memory?: Pick<EndVerdict, "oom" | "memoryPressurePercent">;
}

/** The daemon's own record of an end that no witness recorded in time. */
export function recordUnwitnessed(host: Host, life: UnwitnessedEnd): Result<"first" | "exists"> {
  const { exitCode, signal } = life.pane ?? {};
  const overWall = life.overWall ?? host.clock.wall();
  const since = life.cause === "launch-failed" ? undefined : life.since;
  const end: EndRecord = {
    version: 1,
    ...(life.sessionOnly === true
      ? { ev: "session-exit" }
      : { ev: "server-exit", cause: life.cause }),
    identity: life.identity,
    generation: life.generation,
    ts: renderInstant(overWall),
    by: witnessOf(host),
    ...(life.start?.server === undefined ? {} : { serverPid: life.start.server.pid }),
    ...(exitCode === undefined ? {} : { deadStatus: exitCode }),
    ...(signal === undefined ? {} : { deadSignal: signal }),
    // A clock that was set back since would have it alive after its end.
    ...(since === undefined ? {} : { since: renderInstant(wallMs(Math.min(since, overWall))) }),
    verdict: verdictOf(life),
  };
  return recordEnd(host, end);
}

function verdictOf({ cause, pane, memory }: UnwitnessedEnd): EndVerdict {
  const verdict = endVerdict({ oom: "unknown", ...pane, ...memory, sent: [] });
  return cause === "host-reboot" ? { ...verdict, confidence: "certain" } : verdict;
}

/** Of an end that no witness told about: lost with the host, over before anybody of us, or seen. */
export function unwitnessedCause(
  host: Host,
  { start, since }: Pick<UnwitnessedEnd, "start" | "since">,
): ServerExitCause {
  if (start === null) return "launch-failed";
  if (!isOfThisBoot(host, start)) return "host-reboot";
  if (start.server === undefined) return "launch-failed";
  return since === undefined ? "server-vanished" : "unwitnessed";
}

/** True when this life's end is on record, by whomever; the daemon's own word when nobody's is. */
export function ensureRecord(
  host: Host,
  life: Pick<UnwitnessedEnd, "identity" | "generation" | "start" | "since" | "overWall">,
): boolean {
  if (readEnd(host, life).state === "recorded") return true;
  return recordUnwitnessed(host, { ...life, cause: unwitnessedCause(host, life) }).ok;
}
