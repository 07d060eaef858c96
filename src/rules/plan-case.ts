// The facts about one identity that the plan's entries ask for (lifecycle §4), each derived
// once and named, so that the ordered list reads like the contract.

import { wallMs, type WallMs } from "../core/brand.ts";
import type { Config } from "../core/config.ts";
import { isDeath, type EndRecord } from "../core/generation.ts";
import type { GenerationView, IdentityView, Now } from "../core/world.ts";
import { crashLoop, type CrashLoop } from "./crash-loop.ts";

export type ReapReason = "idle" | "ephemeral-done" | "ephemeral-backstop";

export interface PlanCase {
  readonly view: IdentityView;
  readonly now: Now;
  readonly config: Config;
  readonly generation: GenerationView | null;
  readonly end: EndRecord | null;
  readonly stopped: boolean;
  /** Too little is known to act: no signal, launch or record may follow. */
  readonly unknown: boolean;
  /** The latest life is over: server dead, pane dead, or its end recorded. */
  readonly gone: boolean;
  /** Certain. A gone session's server may still answer. */
  readonly serverDead: boolean;
  /** Gone, and not accounted for yet. */
  readonly mustSettle: boolean;
  /** Nothing runs and nothing is left to account for. */
  readonly atRest: boolean;
  /** What a witness still has to record the end, milliseconds. */
  readonly graceLeftMs: number;
  readonly crashLoop: CrashLoop;
  /** `always_on` holds for this presence of the peer. */
  readonly restartable: boolean;
  readonly wantsEager: boolean;
  readonly wantsLaunch: boolean;
  /** Null: no restart is waiting for its time. */
  readonly backOffUntil: WallMs | null;
  /** Null: unknown. */
  readonly idleMs: number | null;
  /** The shortest limit that will reap it; null: it is never reaped. */
  readonly reapLimitMs: number | null;
  /** When idleness alone would have it reaped. */
  readonly dueAtWall: WallMs | null;
  /** Nobody is attached, or nobody was asked: asking is apply's, which plans again. */
  readonly unattended: boolean;
  readonly paneLogBytes: number;
  readonly paneLogLost: boolean;
  readonly anyDue: boolean;
  due(reason: ReapReason): boolean;
  /** The earlier of an instant and the end of the witness's time, if either is to come. */
  earliest(instant: number | null): WallMs | null;
}

/** Limits of idleness of this peer, milliseconds; `null`: it does not apply (§4 lines 4 to 6). */
export interface ReapLimits {
  readonly "ephemeral-done": number | null;
  readonly "ephemeral-backstop": number | null;
  readonly idle: number | null;
}

/** Always-on peers are not parked for idleness: they would be back at once. */
export function reapLimits(view: IdentityView, config: Config): ReapLimits {
  const ephemeral = view.wakePolicy === "ephemeral";
  const armed = ephemeral && view.doc.ephemeralArmed;
  return {
    "ephemeral-done": armed ? config.ephemeralQuietMs : null,
    "ephemeral-backstop": ephemeral ? config.ephemeralUnarmedIdleMs : null,
    idle: view.alwaysOn ? null : config.idleMs,
  };
}

/** Derives the facts; the view's own values are not questioned. */
export function examine(view: IdentityView, now: Now, config: Config): PlanCase {
  const life = lifeFacts(view);
  const rest = restFacts(view, now, config);
  const idle = idleFacts(view, now, config);
  const graceLeftMs = config.witnessGraceMs - (view.generation?.unwitnessedMs ?? 0);
  const graceRuns = life.gone && life.end === null && graceLeftMs > 0;
  return {
    view,
    now,
    config,
    generation: view.generation,
    ...life,
    ...rest,
    ...idle,
    graceLeftMs,
    earliest: (instant) => earlier(instant, graceRuns ? now.wall + graceLeftMs : null),
  };
}

function lifeFacts(view: IdentityView) {
  const { generation } = view;
  const end = generation?.end ?? null;
  const serverDead = generation === null || generation.server === "dead";
  const unknown =
    view.unread === true ||
    generation?.server === "unknown" ||
    (generation?.server === "alive" && end === null && generation.pane === "unknown");
  const gone =
    generation !== null &&
    !unknown &&
    (generation.server === "dead" || generation.pane === "dead" || end !== null);
  const settled = generation !== null && generation.id === view.doc.settled;
  return {
    end,
    stopped: view.doc.stopped,
    unknown,
    gone,
    serverDead,
    mustSettle: gone && !settled,
    atRest: generation === null || (gone && settled),
  };
}

function restFacts(view: IdentityView, now: Now, config: Config) {
  const restartable = view.alwaysOn && view.registered && isHeldUp(view);
  const wantsEager = view.doc.newEager && view.registered;
  return {
    crashLoop: crashLoop(view.doc.deaths, now.wall, config),
    restartable,
    wantsEager,
    wantsLaunch: restartable || wantsEager,
    backOffUntil: backOffUntil(view.doc.restart.notBeforeWall, now, config),
  };
}

/** Further ahead than any back-off reaches is another clock's time: it holds nobody down. */
function backOffUntil(notBefore: WallMs | null, now: Now, config: Config): WallMs | null {
  if (notBefore === null || notBefore <= now.wall) return null;
  return notBefore - now.wall <= config.restartMaxMs ? notBefore : null;
}

/**
 * `always_on` names the peer, not each of its runtimes: it holds up the default one, and another
 * only while a restart of it is pending, so that one peer is not kept present twice.
 */
function isHeldUp(view: IdentityView): boolean {
  if (view.runtime === view.defaultRuntime) return true;
  const { generation, doc } = view;
  if (generation === null) return false;
  const died = generation.end === null || isDeath(generation.end);
  return died && (generation.id !== doc.settled || doc.restart.notBeforeWall !== null);
}

function idleFacts(view: IdentityView, now: Now, config: Config) {
  const { generation } = view;
  const idleMs = typeof generation?.idleMs === "number" ? generation.idleMs : null;
  const limits = reapLimits(view, config);
  const reapLimitMs = shortest(limits);
  const over = (limit: number | null) => limit !== null && idleMs !== null && idleMs >= limit;
  return {
    idleMs,
    reapLimitMs,
    dueAtWall:
      reapLimitMs === null || idleMs === null ? null : wallMs(now.wall + reapLimitMs - idleMs),
    unattended: generation?.attached === 0 || generation?.attached === "unasked",
    paneLogBytes: generation?.paneLogBytes ?? 0,
    paneLogLost: generation?.paneLogLost ?? false,
    anyDue: over(reapLimitMs),
    due: (reason: ReapReason) => over(limits[reason]),
  };
}

const REASONS: readonly ReapReason[] = ["ephemeral-done", "ephemeral-backstop", "idle"];

function shortest(limits: ReapLimits): number | null {
  let least: number | null = null;
  for (const reason of REASONS) {
    const limit = limits[reason];
    if (limit !== null && (least === null || limit < least)) least = limit;
  }
  return least;
}

function earlier(a: number | null, b: number | null): WallMs | null {
  if (a === null) return b === null ? null : wallMs(b);
  return wallMs(b === null ? a : Math.min(a, b));
}
