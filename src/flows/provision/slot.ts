// The memory slot (memory-provider contract): read, never written. Every reason for which a
// file that is there leaves the slot empty is told to whoever asks.

import type { ProviderDeclaration, SlotReading } from "../../core/provider.ts";
import {
  DECLARATION_BYTES_MAX,
  parseProviderDeclaration,
} from "../../formats/provider-declaration.ts";
import type { Host } from "../../ports/host.ts";
import { readOwn } from "../storage/own-file.ts";

export const readSlot = (host: Host): SlotReading =>
  readDeclaration(host, host.layout.memoryProvider);

/** A symlink, a fifo, another user's file or an unreadable one is ignored, with the reason. */
export function readDeclaration(host: Host, path: string): SlotReading {
  const read = readOwn(host, path, DECLARATION_BYTES_MAX);
  if (read.state === "missing") return { state: "empty" };
  if (read.state === "failed") {
    const tooLarge = `it is larger than ${DECLARATION_BYTES_MAX} bytes`;
    return { state: "ignored", reason: read.code === "E2BIG" ? tooLarge : read.detail };
  }
  const parsed = parseProviderDeclaration(read.text);
  return parsed.state === "ignored" ? parsed : { ...parsed, state: "occupied" };
}

/** How the provider's daemon does, as far as its heartbeat tells; the core acts on none of it. */
export type Heartbeat =
  | { readonly state: "none" }
  | { readonly state: "missing"; readonly path: string }
  | { readonly state: "unreadable"; readonly path: string; readonly detail: string }
  | { readonly state: "beating"; readonly path: string; readonly ageMs: number };

export function readHeartbeat(host: Host, { heartbeat }: ProviderDeclaration): Heartbeat {
  if (heartbeat === undefined) return { state: "none" };
  const stat = host.files.statTarget(heartbeat);
  if (stat.state === "missing") return { state: "missing", path: heartbeat };
  if (stat.state === "failed") {
    return { state: "unreadable", path: heartbeat, detail: stat.detail };
  }
  // A clock that was set back makes a file of the future; that is no age.
  const ageMs = Math.max(0, host.clock.wall() - stat.mtimeMs);
  return { state: "beating", path: heartbeat, ageMs };
}
