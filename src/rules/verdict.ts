// The verdict of an end record (lifecycle §5): what ended a life, from what the system showed,
// and how sure that is. It states what was seen, and never fills a gap with a guess.

import type { EndVerdict } from "../core/generation.ts";

const SIGKILL = 9;

/** `some avg10` of Linux's memory pressure, from which waiting for memory is no accident. */
export const PRESSURE_HIGH_PERCENT = 20;

/** A signal that we sent to this life's processes; `id` names its line in lifecycle.log. */
export interface SentSignal {
  readonly id: string;
  readonly signal: number;
}

export interface EndFacts {
  readonly exitCode?: number;
  readonly signal?: number;
  readonly oom: EndVerdict["oom"];
  /** The kernel named one of this life's processes as its victim. */
  readonly oomVictim?: boolean;
  readonly memoryPressurePercent?: number;
  readonly rssPeakKb?: number;
  /** Oldest first. */
  readonly sent: readonly SentSignal[];
}

/** The verdict with every field that the facts support, and no other. */
export function endVerdict(facts: EndFacts): EndVerdict {
  const ours = ourKill(facts);
  return {
    ...present("exitCode", facts.exitCode),
    ...present("signal", facts.signal),
    oom: facts.oom,
    ...present("memoryPressurePercent", facts.memoryPressurePercent),
    ...present("rssPeakKb", facts.rssPeakKb),
    ours: ours !== undefined,
    ...present("signalId", ours?.id),
    confidence: confidence(facts, ours !== undefined),
  };
}

/** Ours only if the end agrees with it: our TERM does not explain a KILL. */
function ourKill(facts: EndFacts): SentSignal | undefined {
  if (facts.signal === undefined) return facts.sent.at(-1);
  return facts.sent.findLast((sent) => sent.signal === facts.signal);
}

/**
 * `certain`: what ended it is known. `likely`: the signs point one way, but another sender is
 * possible. `unknown`: nothing that was seen explains the end.
 */
function confidence(facts: EndFacts, ours: boolean): EndVerdict["confidence"] {
  if (ours || facts.exitCode !== undefined || facts.oomVictim === true) return "certain";
  if (facts.signal !== undefined && facts.signal !== SIGKILL) return "certain";
  if (facts.oom === "seen" || isPressed(facts.memoryPressurePercent)) return "likely";
  return facts.signal === SIGKILL && facts.oom === "not-seen" ? "likely" : "unknown";
}

export const isPressed = (percent: number | undefined): boolean =>
  percent !== undefined && percent >= PRESSURE_HIGH_PERCENT;

const present = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);
