// The waking table of lifecycle §3 as an ordered list: the first row that matches decides.
// Beyond the contract's rows: a managed peer is refused to the operator's verbs too (§2: the
// daemon only reads); `start`, `always-on` and the wake verb's --fresh and --resume have rows. The
// operator's launches pass the stop flag, and all but `start` the crash-loop guard (§2).

import type { IdentityDoc } from "../core/identity-doc.ts";
import type { RuntimeName } from "../core/names.ts";
import type { WakePolicy } from "../core/profile.ts";
import { assert } from "../core/result.ts";
import type { RefusalCause, WakeCause, WakeMode, WakeTrigger } from "../core/states.ts";
import { refusal, type RefusedCause } from "./wake-refusal.ts";

/** All that the choice depends on, observed inside the identity's lock. */
export interface WakeFacts {
  readonly trigger: WakeTrigger;
  readonly doc: IdentityDoc;
  readonly managed: boolean;
  readonly crashLooped: boolean;
  readonly everRan: boolean;
  readonly lastEndedInCleanPark: boolean;
  readonly wakePolicy: WakePolicy;
  readonly humanFacing: boolean;
  /** The peer's; absent: not known. Only for the words of a refusal. */
  readonly defaultRuntime?: RuntimeName;
  readonly topic?: string;
  /** `--fresh` or `--resume` of the wake verb. */
  readonly asked?: WakeMode;
  /** The adapter found a conversation to resume. */
  readonly resumable: boolean;
}

export interface WakeGranted {
  readonly result: "wake";
  readonly mode: WakeMode;
  readonly cause: WakeCause | `${WakeCause}-no-resume`;
  /** The `fresh-next` mark is used up by this wake. */
  readonly consumesFreshNext: boolean;
}

export interface WakeRefused {
  readonly result: "refused";
  readonly cause: RefusalCause;
  /** Sentences for a person: what stands in the way, and what to do. */
  readonly detail: string;
  readonly next: string;
}

export type WakeChoice = WakeGranted | WakeRefused;

export interface WakeRow {
  readonly name: string;
  readonly when: (facts: WakeFacts) => boolean;
  readonly decide: (facts: WakeFacts) => WakeChoice;
}

type Trigger = (facts: WakeFacts) => boolean;

const by =
  (...triggers: readonly WakeTrigger[]): Trigger =>
  (facts) =>
    triggers.includes(facts.trigger);

const operator = by("folder-launch", "attach", "new", "start");
const unattended = by("message", "always-on");
const guarded = by("message", "always-on", "start");
const message = by("message");
const start = by("start");
const attach = by("attach");
const askable = by("message", "start");

const freshNow =
  (cause: WakeCause): WakeRow["decide"] =>
  () => ({ result: "wake", mode: "fresh", cause, consumesFreshNext: false });

/** Fresh, and the mark that may have asked for it is gone. */
const freshAndConsume =
  (cause: WakeCause): WakeRow["decide"] =>
  (facts) => ({ result: "wake", mode: "fresh", cause, consumesFreshNext: facts.doc.freshNext });

const resumeAs =
  (cause: WakeCause): WakeRow["decide"] =>
  () => ({ result: "wake", mode: "resume", cause, consumesFreshNext: false });

const refuse =
  (cause: RefusedCause): WakeRow["decide"] =>
  ({ doc, crashLooped, defaultRuntime }) => ({
    result: "refused",
    cause,
    ...refusal(cause, {
      identity: doc.identity,
      crashLooped,
      ...(defaultRuntime === undefined ? {} : { defaultRuntime }),
    }),
  });

const sameTopic = (facts: WakeFacts): boolean =>
  facts.topic !== undefined && facts.doc.topics.includes(facts.topic);

/** In the contract's order; the rows that it does not have say so in their names. */
export const WAKE_TABLE: readonly WakeRow[] = [
  {
    name: "operator's launch, service-managed (extra)",
    when: (f) => operator(f) && f.managed,
    decide: refuse("managed"),
  },
  {
    name: "launch from the folder",
    when: by("folder-launch"),
    decide: freshNow("folder-launch"),
  },
  {
    name: "attach, something to resume",
    when: (f) => attach(f) && f.resumable,
    decide: resumeAs("attach"),
  },
  {
    name: "attach, nothing to resume",
    when: attach,
    decide: refuse("attach-nothing-to-resume"),
  },
  { name: "new, or after self-fresh", when: by("new"), decide: freshNow("new") },
  {
    name: "message, stop flag",
    when: (f) => unattended(f) && f.doc.stopped,
    decide: refuse("stopped"),
  },
  {
    name: "message, service-managed",
    when: (f) => unattended(f) && f.managed,
    decide: refuse("managed"),
  },
  {
    name: "message or start, crash-looped",
    when: (f) => guarded(f) && f.crashLooped,
    decide: refuse("crash-loop"),
  },
  { name: "always-on (extra)", when: by("always-on"), decide: freshNow("always-on") },
  {
    name: "asked --fresh (extra)",
    when: (f) => askable(f) && f.asked === "fresh",
    decide: freshAndConsume("asked-fresh"),
  },
  {
    name: "asked --resume, nothing to resume (extra)",
    when: (f) => askable(f) && f.asked === "resume" && !f.resumable,
    decide: refuse("resume-nothing-to-resume"),
  },
  {
    name: "asked --resume (extra)",
    when: (f) => askable(f) && f.asked === "resume",
    decide: resumeAs("asked-resume"),
  },
  {
    name: "message, fresh-next",
    when: (f) => askable(f) && f.doc.freshNext,
    decide: freshAndConsume("soft-reload"),
  },
  {
    name: "start after a clean park (extra)",
    when: (f) => start(f) && f.lastEndedInCleanPark && f.wakePolicy !== "ephemeral",
    decide: resumeAs("start-parked"),
  },
  { name: "start (extra)", when: start, decide: freshNow("start") },
  {
    name: "message, ephemeral",
    when: (f) => message(f) && f.wakePolicy === "ephemeral",
    decide: freshNow("ephemeral-policy"),
  },
  {
    name: "message, never ran here",
    when: (f) => message(f) && !f.everRan,
    decide: freshNow("first-wake"),
  },
  {
    name: "message, no clean park",
    when: (f) => message(f) && !f.lastEndedInCleanPark,
    decide: freshNow("crash-or-self-close"),
  },
  {
    name: "message, parked, human-facing",
    when: (f) => message(f) && f.humanFacing,
    decide: resumeAs("parked-human"),
  },
  {
    name: "message, parked, same topic",
    when: (f) => message(f) && sameTopic(f),
    decide: resumeAs("parked-same-topic"),
  },
  {
    name: "message, parked, new topic",
    when: (f) => message(f) && f.topic !== undefined,
    decide: freshNow("parked-new-topic"),
  },
  { name: "message, parked, no topic", when: message, decide: freshNow("parked-no-topic") },
];

/** Fresh, resume or refused, and why (lifecycle §3). */
export function chooseWake(facts: WakeFacts): WakeChoice {
  const row = WAKE_TABLE.find((candidate) => candidate.when(facts));
  assert(row !== undefined, `no waking row for trigger ${facts.trigger}`);
  const choice = row.decide(facts);
  if (choice.result === "refused" || choice.mode === "fresh" || facts.resumable) return choice;
  return { ...choice, mode: "fresh", cause: withoutResume(choice.cause) };
}

const PARKED: ReadonlySet<string> = new Set<WakeCause>([
  "start-parked",
  "parked-human",
  "parked-same-topic",
]);

/** It was to go on from a clean park: had it never started, that park would still be there. */
export const resumesPark = ({ mode, cause }: { mode: WakeMode; cause: string }): boolean =>
  mode === "resume" && PARKED.has(cause);

/** A life of it has begun at some time; of a launch that is not settled it has to be assumed. */
export const hasLived = ({ generation, settled, neverLived }: IdentityDoc): boolean =>
  generation !== null && !(neverLived === true && generation === settled);

const withoutResume = (cause: WakeGranted["cause"]): WakeGranted["cause"] =>
  `${cause as WakeCause}-no-resume`;
