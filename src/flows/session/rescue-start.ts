// A start record that does not parse (storage contract) must not hide a living session: it is made
// anew from whoever answers on the session's socket with this generation's stamp (lifecycle §2).

import { findServer } from "./find-server.ts";
import { pathsOf, writeStart, type GenerationRef } from "./records.ts";
import { socketFor } from "./socket.ts";
import { setAside } from "../storage/own-file.ts";
import type { StartRecord } from "../../core/generation.ts";
import { parseGenerationId } from "../../formats/generation-id.ts";
import { parseStartRecord } from "../../formats/start-record.ts";
import type { Host } from "../../ports/host.ts";
import { splitIdentity } from "../../rules/names.ts";

/** `nobody`: the record says nothing, and nobody answers for that life any more. */
export type Rescued = "sound" | "rescued" | "nobody" | "unknown";

export async function rescueStart(host: Host, ref: GenerationRef): Promise<Rescued> {
  const path = pathsOf(host, ref).start;
  const read = host.files.read(path);
  if (read.state !== "ok") return "sound";
  const parsed = parseStartRecord(read.text);
  if (parsed.ok) return "sound";
  const start = bareRecord(host, ref);
  if (start === null) return "unknown";
  const found = await findServer(host, start);
  if (found === "unknown") return "unknown";
  const aside = setAside(host, path, "corrupt");
  if (aside.state === "failed") return "unknown";
  const fields = { identity: ref.identity, file: path, detail: parsed.error, moved_to: aside.path };
  host.log.write("lifecycle", { ev: "file-corrupt", fields });
  if (found === "nobody") return "nobody";
  return writeStart(host, { ...start, ...found }).state === "ok" ? "rescued" : "unknown";
}

/** What is known of a life by its names alone. */
function bareRecord(host: Host, ref: GenerationRef): StartRecord | null {
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
