// What the supervisor holds in memory about one identity: a cache of its records on disk, the
// instants at which things were noticed, and the death watches that stand on its processes.

import type { Still } from "./still.ts";
import type { Unseen } from "./unseen.ts";
import type { VerbAnswer } from "../core/api.ts";
import type { MonoMs } from "../core/brand.ts";
import type { EndRecord, StartRecord } from "../core/generation.ts";
import { emptyIdentityDoc, type IdentityDoc } from "../core/identity-doc.ts";
import type { GenerationId } from "../core/names.ts";
import type { ProcessRef } from "../core/process-ref.ts";
import type { Presence } from "../core/profile.ts";
import type { RememberedDecision } from "../core/snapshot.ts";
import { completed, isOfThisBoot, lifeOf } from "../flows/session/life.ts";
import { pathsOf, readStart } from "../flows/session/records.ts";
import type { Kin } from "../flows/kinship.ts";
import { changeDoc, peekDoc } from "../flows/storage/identity-doc.ts";
import { monoMs } from "../core/brand.ts";
import type { Host } from "../ports/host.ts";
import type { SplitIdentity } from "../rules/names.ts";

export type Part = "server" | "pane" | "canary";

export interface Live extends SplitIdentity {
  /** Null when the peer is no longer in the registry. */
  presence: Presence | null;
  doc: IdentityDoc;
  /** False when the document could not be read: nothing is decided on a guess. */
  docKnown: boolean;
  start: StartRecord | null;
  /** Known, if not yet on record: see `owed`. */
  end: EndRecord | null;
  /** An end of ours that no disk had room for. */
  owed: EndRecord | null;
  /** More is known of its start than is on disk. */
  startOwed: boolean;
  /** Its records could not be read: liveness is unknown until they can. */
  unsure: boolean;
  /** Each part that a death watch stands on now. */
  readonly armed: Map<Part, ProcessRef>;
  /** Its watches are not taken at their word: pid and start time are compared. */
  doubted: boolean;
  /** When each part was noticed dead. */
  readonly deadAtMono: Map<Part, MonoMs>;
  /** The life was already over when this supervisor first looked; null: it was not. */
  unseen: Unseen | null;
  bornMono: MonoMs;
  /** Idle ages never reach back beyond this: the latest wake or clock jump. */
  idleFloorMono: MonoMs;
  /** The signs of activity that the clock was set back behind; null: it was not. */
  frozen: readonly number[] | null;
  launching: boolean;
  /** What an earlier supervisor left of it is being taken over; null: it is ours. */
  adopting: Promise<void> | null;
  /** Launched, and not yet seen ready: a boot that prints nothing is not idleness. */
  readying: boolean;
  /** When it is given up on, while `readying`, unless its screen asks something more. */
  readyingUntilMono: MonoMs;
  /** It came up, and was not seen ready in time; null: it was, or nobody has given up on it. */
  unready: Unready | null;
  /** The latest life that ended while it was waited for; null: none did. */
  endedUnready: GenerationId | null;
  /** Why its latest launch came to nothing before it had a record; null: it had one. */
  unlaunched: string | null;
  /** What its latest launch, which failed, said that is to be done; null: nothing. */
  remedy: string | null;
  /** What is being done with it: whoever asks for it meanwhile, nothing of it is started again. */
  leaving: "removed" | "renamed" | null;
  canary: ProcessRef | null;
  /** The life whose death has been counted towards an incident. */
  mourned: GenerationId | null;
  /** What holds its server from outside; null: not looked at yet, or not told. */
  kin: Kin | null;
  /** The peer's own environment, as last launched: adapters find transcripts by it. */
  launchEnv: Readonly<Record<string, string>>;
  /** Newest last, bounded. */
  readonly decisions: RememberedDecision[];
  lastDecision: string;
  lastWake: string;
  cancelTimer: (() => void) | null;
  /** Its pane log grows so fast that it is looked at this soon, between ticks; null: it is not. */
  logPaceMs: number | null;
  logRotatedMono: MonoMs;
  /** When its pane log was last opened anew, with or without success. */
  logOpenedMono: MonoMs;
  /** Null: not known yet, or nobody says who it is. */
  logWriter: ProcessRef | null;
  /** By tmux's own word nobody writes it any more; or nobody can say that anybody does. */
  logClosed: boolean;
  /** Which file it is; null: not seen yet. */
  logInode: number | null;
  /** Of its turns: when a key for that was last pressed, and what is under way. */
  readonly interrupts: { lastMono: MonoMs; underWay: Promise<VerbAnswer> | null };
  /** Null: the next tick looks at it in full. */
  still: Still | null;
}

export interface Unready {
  readonly generation: GenerationId;
  readonly detail: string;
}

/** Nothing reaches back further than this process's own clock. */
export const LONG_AGO = monoMs(Number.MIN_SAFE_INTEGER);

export function createLive(names: SplitIdentity, presence: Presence | null): Live {
  return {
    ...names,
    presence,
    doc: emptyIdentityDoc(names.identity),
    docKnown: true,
    start: null,
    end: null,
    owed: null,
    startOwed: false,
    unsure: false,
    armed: new Map(),
    doubted: false,
    deadAtMono: new Map(),
    unseen: null,
    bornMono: monoMs(0),
    idleFloorMono: LONG_AGO,
    frozen: null,
    launching: false,
    adopting: null,
    readying: false,
    readyingUntilMono: monoMs(0),
    unready: null,
    endedUnready: null,
    unlaunched: null,
    remedy: null,
    leaving: null,
    canary: null,
    mourned: null,
    kin: null,
    launchEnv: {},
    decisions: [],
    lastDecision: "",
    lastWake: "",
    cancelTimer: null,
    logPaceMs: null,
    logRotatedMono: LONG_AGO,
    logOpenedMono: LONG_AGO,
    logWriter: null,
    logClosed: false,
    logInode: null,
    interrupts: { lastMono: LONG_AGO, underWay: null },
    still: null,
  };
}

/** Reads document and records again; called after every action and at adoption, not every tick. */
export function refreshLive(host: Host, live: Live): void {
  const read = peekDoc(host, live.identity);
  live.docKnown = read.state !== "failed";
  if (read.state === "failed") return;
  const before = live.doc.generation;
  live.doc = read.state === "missing" ? restored(host, live) : read.doc;
  // Whoever launched it since, its holder for instance.
  const { generation } = live.doc;
  if (before !== generation) live.unlaunched = live.remedy = null;
  if (generation === null) return forgetLife(live);
  const ref = { identity: live.identity, generation };
  const stored = readStart(host, ref);
  const life = lifeOf(host, ref, completed(ref, stored, live.start));
  live.startOwed = stored?.server !== life.start?.server && stored !== null;
  live.start = life.start;
  live.end = life.end ?? (live.owed?.generation === ref.generation ? live.owed : null);
  live.unsure = life.server === "unknown";
  if (before !== generation || live.bornMono === 0) noteBirth(host, live);
}

/** A file that was taken away hides no living session. What a manager's holder has it restores. */
function restored(host: Host, { identity, doc, start, end, personality }: Live): IdentityDoc {
  const isOver = start === null || end !== null || host.manager.manages(personality);
  if (isOver || host.files.stat(pathsOf(host, start).dir).state !== "ok") {
    return emptyIdentityDoc(identity);
  }
  const file = host.layout.identityDoc(identity);
  host.log.write("lifecycle", { ev: "file-restored", fields: { identity, file } });
  changeDoc(host, identity, () => doc);
  return doc;
}

/** What a wake has just written: nothing of it has to be read. An end of it is seen as any is. */
export function noteWoken(
  host: Host,
  live: Live,
  { doc, start }: { readonly doc: IdentityDoc; readonly start: StartRecord },
): void {
  live.doc = doc;
  live.docKnown = true;
  live.start = start;
  live.startOwed = false;
  live.end = null;
  live.unsure = false;
  noteBirth(host, live);
}

/** Its launch was cut off, or could not be seen to its end: it may be alive, or not. */
export function isUnfinished(host: Host, live: Live): boolean {
  const { start, end } = live;
  if (start === null || end !== null || live.launching) return false;
  if (!isOfThisBoot(host, start)) return false;
  return start.server === undefined || start.pane === undefined;
}

/** For who asks meanwhile: what is not taken over yet is not known, and nothing is noted of it. */
export const asKnown = (live: Live): Live =>
  live.adopting === null ? live : { ...live, docKnown: false };

/** It may be alive, and there is no record of its beginning: whoever answers has to be asked. */
export const isHidden = ({ start, end, unsure, docKnown, launching }: Live): boolean =>
  start === null && end === null && unsure && docKnown && !launching;

function noteBirth(host: Host, live: Live): void {
  live.frozen = null;
  live.kin = null;
  live.logOpenedMono = LONG_AGO;
  live.logWriter = null;
  live.logClosed = false;
  live.logInode = null;
  live.deadAtMono.clear();
  live.unseen = null;
  const startedWall = live.start?.startedWall ?? host.clock.wall();
  const ageMs = Math.max(0, host.clock.wall() - startedWall);
  live.bornMono = monoMs(host.clock.mono() - ageMs);
}

function forgetLife(live: Live): void {
  live.start = null;
  live.startOwed = false;
  live.end = null;
  live.unsure = false;
}

/** With a watch on their server. */
export function countAlive(lives: Iterable<Live>): number {
  let count = 0;
  for (const live of lives) if (live.armed.has("server")) count += 1;
  return count;
}
