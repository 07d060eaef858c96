// What is typed into a session that has just become ready: on a fresh wake the peer's own
// initial prompt comes first (lifecycle §3), then the message that woke it.

import type { RegistryEntry } from "../core/profile.ts";
import type { WakeMode } from "../core/states.ts";

/** Null: there is nothing to say. */
export function freshText(
  peer: RegistryEntry,
  mode: WakeMode,
  message: string | null,
): string | null {
  const prompt = mode === "fresh" ? (peer.initial_prompt ?? "").trim() : "";
  const parts = [prompt, message ?? ""].filter((part) => part !== "");
  return parts.length === 0 ? null : parts.join("\n\n");
}
