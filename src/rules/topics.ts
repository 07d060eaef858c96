// The topics of a lineage of conversations (lifecycle §3): a resumed conversation keeps them,
// a fresh one starts without any.

import { TOPICS_MAX } from "../core/identity-doc.ts";
import type { WakeMode } from "../core/states.ts";

/** A wake and every live delivery add their topic: at most 16, most recent last. */
export function addTopic(
  topics: readonly string[],
  topic: string | undefined,
): readonly string[] {
  if (topic === undefined || topic === "") return topics;
  return [...topics.filter((known) => known !== topic), topic].slice(-TOPICS_MAX);
}

/** A fresh wake empties the set before its own topic enters it. */
export function topicsAfterWake(
  mode: WakeMode,
  topics: readonly string[],
  topic: string | undefined,
): readonly string[] {
  return addTopic(mode === "fresh" ? [] : topics, topic);
}
