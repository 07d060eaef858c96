// Everything kept under an identity, found and purged with it, so that a namesake born later
// inherits nothing (storage contract). The peer's own folder is never touched.

import { basename, dirname } from "node:path";
import { IapeerError } from "../../core/error.ts";
import type { GenerationId, Identity } from "../../core/names.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Liveness } from "../../core/states.ts";
import { parseStartRecord } from "../../formats/start-record.ts";
import type { Host } from "../../ports/host.ts";
import { handOverMark } from "../service/hand-over.ts";
import { holderLease } from "../service/peer-jobs.ts";
import { isOfThisBoot } from "../session/life.ts";
import { canaryProcess } from "../session/canary.ts";
import { socketFor } from "../session/socket-for.ts";
import { listNames } from "../storage/list-names.ts";
import { newestGeneration } from "../storage/rebuild.ts";

/** Paths of everything that is kept under this identity. */
export function identityArtefacts(host: Host, identity: Identity): readonly string[] {
  const { layout } = host;
  const doc = layout.identityDoc(identity);
  const log = layout.paneLog(identity);
  return [
    ...siblings(host, doc),
    ...siblings(host, log),
    ...[
      layout.sessionDir(identity),
      ...socketsOf(host, identity),
      holderLease(host, identity),
      handOverMark(host, identity),
    ].filter((path) => host.files.stat(path).state !== "missing"),
    ...forensics(host, identity),
  ];
}

/**
 * Removes them for good, and says which; what could not be removed is not in the answer. Only for
 * an identity whose session has been ended: it looks at nothing first. What is in `keep` stays.
 */
export function purgeIdentity(
  host: Host,
  identity: Identity,
  keep: readonly string[] = [],
): string[] {
  const going = identityArtefacts(host, identity).filter((path) => !keep.includes(dirname(path)));
  const purged = going.filter((path) => {
    const folder = path === host.layout.sessionDir(identity);
    const gone = folder ? host.files.removeTree(path) : host.files.remove(path);
    return gone.state === "ok";
  });
  // Else a power cut would bring back a stop flag or deaths, for a namesake to inherit.
  for (const dir of new Set(purged.map((path) => dirname(path)))) host.files.syncFolder(dir);
  return purged;
}

/** Purges what an earlier namesake left; refuses while its session may still be running. */
export function clearLeftovers(
  host: Host,
  identity: Identity,
): Result<readonly string[], IapeerError> {
  if (identityArtefacts(host, identity).length === 0) return ok([]);
  const session = sessionLiveness(host, identity);
  if (session === "dead") return ok(purgeIdentity(host, identity));
  return err(
    new IapeerError({
      code: "session-left",
      what: `a session ${identity} of an earlier peer may still be running`,
      why: session === "alive" ? "its tmux server is alive" : "its state cannot be told",
      next: "iapeer verify shows it; end it, or choose another name",
    }),
  );
}

/** Whether anything of this identity's newest generation, or its socket, still runs. */
export function sessionLiveness(host: Host, identity: Identity): Liveness {
  const seen = [...socketLiveness(host, identity), ...newestLiveness(host, identity)];
  if (seen.includes("alive")) return "alive";
  return seen.includes("unknown") ? "unknown" : "dead";
}

function socketLiveness(host: Host, identity: Identity): readonly Liveness[] {
  return socketsOf(host, identity).map((socket) => {
    const probe = host.tmux.probe(socket);
    if (probe === "answers") return "alive";
    return probe === "unknown" ? "unknown" : "dead";
  });
}

/** Whose lives cannot be listed may be alive; where a file is in their place, there is no life. */
function newestLiveness(host: Host, identity: Identity): readonly Liveness[] {
  const listed = host.files.list(host.layout.sessionDir(identity));
  if (listed.state === "failed" && listed.code !== "ENOTDIR") return ["unknown"];
  const generation = newestGeneration(host, identity);
  if (generation === null) return [];
  const read = host.files.read(host.layout.generation(identity, generation).start);
  if (read.state === "failed") return ["unknown"];
  const start = read.state === "ok" ? parseStartRecord(read.text) : null;
  // Nothing of another boot of this host can still run.
  if (start === null || !start.ok || !isOfThisBoot(host, start.value)) return [];
  const process = start.value.server ?? canaryProcess(host, start.value);
  return process === null ? [] : [host.processes.liveness(process)];
}

function socketsOf(host: Host, identity: Identity): readonly string[] {
  const socket = socketFor(host, identity);
  return socket.ok ? [socket.value] : [];
}

/** The file itself and what is named after it: rotations, and copies moved aside. */
function siblings(host: Host, path: string): readonly string[] {
  const [dir, base] = [dirname(path), basename(path)];
  return listNames(host, dir)
    .filter((name) => name === base || name.startsWith(`${base}.`))
    .map((name) => `${dir}/${name}`);
}

/**
 * Named `<generation>-<identity>.txt` by the canary; a copy half written ends otherwise. The life
 * tells whose it is, since a renamed peer's bears the name of then.
 */
function forensics(host: Host, identity: Identity): readonly string[] {
  const { layout } = host;
  const has = (name: string, life: string) =>
    host.files.stat(layout.generation(name as Identity, life as GenerationId).dir).state === "ok";
  const others = listNames(host, layout.sessionsDir).filter((name) => name !== identity);
  return listNames(host, layout.serverDeathsDir)
    .filter((file) => {
      const [, life = "", name = ""] = FORENSICS.exec(file) ?? [];
      if (has(identity, life)) return name === identity || !has(name, life);
      return name === identity && !others.some((one) => has(one, life));
    })
    .map((name) => `${layout.serverDeathsDir}/${name}`);
}

const FORENSICS = /^(\d{8}T\d{9}Z-[0-9a-z]+)-([a-z0-9-]+)\./;
