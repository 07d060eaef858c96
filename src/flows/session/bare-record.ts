// The start record of a life of which there is none that can be used.

import type { GenerationRef } from "./records.ts";
import { socketFor } from "./socket-for.ts";
import type { StartRecord } from "../../core/generation.ts";
import { parseGenerationId } from "../../formats/generation-id.ts";
import type { Host } from "../../ports/host.ts";
import { splitIdentity } from "../../rules/names.ts";

/** What is known of a life by its names alone. */
export function bareRecord(host: Host, ref: GenerationRef): StartRecord | null {
  const names = splitIdentity(ref.identity);
  const socket = socketFor(host, ref.identity);
  const born = parseGenerationId(ref.generation);
  if (names === null || !socket.ok || born === null) return null;
  return {
    version: 1,
    identity: ref.identity,
    generation: ref.generation,
    personality: names.personality,
    runtime: names.runtime,
    cwd: "/",
    argv: [],
    mode: "fresh",
    cause: "record-lost",
    startedWall: born.wall,
    bootId: host.processes.bootId(),
    socket: socket.value,
  };
}
