// A start record that is gone, or does not parse (storage contract), must not hide a living
// session: it is made anew from whoever answers on its socket with this generation's stamp, or
// from the session's own note (lifecycle §2).

import { bareRecord } from "./bare-record.ts";
import { findServer } from "./find-server.ts";
import { mayLive } from "./hidden-life.ts";
import { notedLife } from "./noted-life.ts";
import { keepFolder, pathsOf, readEnd, writeStart, type GenerationRef } from "./records.ts";
import { copyAside, setAside } from "../storage/own-file.ts";
import type { StartRecord } from "../../core/generation.ts";
import { parseStartRecord } from "../../formats/start-record.ts";
import type { Host } from "../../ports/host.ts";

/**
 * `nobody`: the record says nothing, and nobody answers for that life any more. `unknown`: nobody
 * knows, or there was no room to write it down; it is tried again.
 */
export type Rescued = "sound" | "rescued" | "nobody" | "unknown";

export async function rescueStart(host: Host, ref: GenerationRef): Promise<Rescued> {
  const path = pathsOf(host, ref).start;
  const read = host.files.read(path);
  if (read.state === "failed") return "unknown";
  if (read.state === "missing") return rescueMissing(host, ref);
  const parsed = parseStartRecord(read.text);
  if (parsed.ok) return "sound";
  const found = await find(host, ref);
  if (found === "unknown") return "unknown";
  // A living one's record is replaced in one step: without any, it would pass for never started.
  const aside =
    found === "nobody" ? setAside(host, path, "corrupt") : copyAside(host, path, read.text);
  if (aside.state === "failed") return "unknown";
  const fields = { identity: ref.identity, file: path, detail: parsed.error, moved_to: aside.path };
  host.log.write("lifecycle", { ev: "file-corrupt", fields });
  return found === "nobody" ? "nobody" : rewrite(host, found);
}

/** Most have never begun; an end that is on record needs no beginning. */
async function rescueMissing(host: Host, ref: GenerationRef): Promise<Rescued> {
  if (readEnd(host, ref).state !== "none" || !mayLive(host, ref)) return "sound";
  const found = await find(host, ref);
  return typeof found === "string" ? found : rewrite(host, found);
}

function rewrite(host: Host, start: StartRecord): Rescued {
  keepFolder(host, start);
  return writeStart(host, start).state === "ok" ? "rescued" : "unknown";
}

async function find(host: Host, ref: GenerationRef): Promise<StartRecord | "nobody" | "unknown"> {
  const start = bareRecord(host, ref);
  if (start === null) return "unknown";
  const answering = await findServer(host, start);
  const found = answering === "nobody" ? (notedLife(host, ref) ?? answering) : answering;
  return typeof found === "string" ? found : { ...start, ...found };
}
