// Everything about this root's service manager that a diagnosis looks at, gathered once and
// without changing anything.

import { dirname } from "node:path";
import { heldBack, type HeldBack } from "./daemon-starts.ts";
import { holder, keeperOfFiles, type ServiceContext } from "./context.ts";
import { type Down, downOf } from "./held-jobs.ts";
import { heldRuntime } from "./place.ts";
import type { Personality } from "../../core/names.ts";
import {
  DAEMON_JOB,
  peerJobId,
  type JobId,
  type JobOwner,
  type ManagerName,
  type ServiceAnswer,
} from "../../core/service.ts";
import type { DaemonStatus } from "../../core/snapshot.ts";
import { parseJobFile, type JobShown } from "../../formats/job-shown.ts";
import type { Host } from "../../ports/host.ts";
import type { ServiceManager } from "../../ports/service-manager.ts";
import { registered } from "../peers/find.ts";

export interface ServiceSurvey {
  readonly manager: ManagerName;
  /** It is on this host, for this user. */
  readonly isThere: boolean;
  readonly daemon: DaemonStatus;
  readonly heldBack: HeldBack | null;
  readonly jobs: readonly JobSurvey[];
}

export interface JobSurvey {
  readonly id: JobId;
  readonly file: string | null;
  readonly owner: JobOwner;
  /** It is to be there: by the record of an install, or by the registry. */
  readonly wanted: boolean;
  readonly down: Down | null;
  readonly answer: ServiceAnswer;
  readonly shown: JobShown | null;
  /** Why its output cannot be written; null: it can. */
  readonly logTrouble: string | null;
  /** Programs that its PATH does not lead to. */
  readonly missing: readonly string[];
}

export async function surveyService(context: ServiceContext): Promise<ServiceSurvey> {
  const { host } = context;
  const own = holder(context);
  const { name } = own;
  const manager = keeperOfFiles(context);
  const wanted = wantedPeers(host, name);
  const peers = new Set<Personality>(wanted);
  for (const id of manager.held()) if (id.kind === "peer") peers.add(id.personality);
  const isHeld = name !== "embedded";
  const jobs = await Promise.all([
    ...(isHeld || manager.ownerOf(DAEMON_JOB).owner !== "absent"
      ? [surveyJob(host, manager, { id: DAEMON_JOB, wanted: isHeld })]
      : []),
    ...[...peers].map((name) =>
      surveyJob(host, manager, { id: peerJobId(name), wanted: wanted.has(name) }),
    ),
  ]);
  const daemon = await context.daemon.status();
  const back = daemon.state === "running" ? null : heldBack(host);
  return { manager: name, isThere: own.isThere(), daemon, heldBack: back, jobs };
}

function wantedPeers(host: Host, holds: ManagerName): ReadonlySet<Personality> {
  if (holds === "embedded") return new Set();
  const held = registered(host).filter((peer) => heldRuntime(host, peer) !== null);
  return new Set(held.map(({ personality }) => personality));
}

async function surveyJob(
  host: Host,
  manager: ServiceManager,
  about: { id: JobId; wanted: boolean },
): Promise<JobSurvey> {
  const { id } = about;
  const file = manager.fileOf(id);
  const owner = manager.ownerOf(id);
  const read = file === null ? null : host.files.read(file);
  const shown = read?.state === "ok" ? parseJobFile(read.text) : null;
  const named = id.kind === "peer" ? id.personality : null;
  const peer = registered(host).find(({ personality }) => personality === named);
  return {
    ...about,
    file,
    owner,
    down: peer === undefined ? null : downOf(host, peer),
    answer: await manager.query(id),
    shown,
    logTrouble: owner.owner === "ours" ? logTroubleOf(host, shown) : null,
    missing: owner.owner === "ours" ? missingIn(host, shown) : [],
  };
}

/** launchd opens the file before our code runs: a folder that is not there is exit code 78. */
function logTroubleOf(host: Host, shown: JobShown | null): string | null {
  const path = shown?.stdout ?? null;
  if (path === null) return null;
  const folder = dirname(path);
  const stat = host.files.stat(folder);
  if (stat.state === "missing") return `the folder ${folder} is not there`;
  if (stat.state === "failed") return `${folder}: ${stat.detail}`;
  if (stat.kind !== "folder") return `${folder} is a ${stat.kind}`;
  if (stat.uid !== host.facts.uid) return `${folder} belongs to uid ${stat.uid}`;
  if ((stat.mode & 0o300) !== 0o300) return `${folder} is not writable`;
  const log = host.files.stat(path);
  if (log.state !== "ok") return null;
  if (log.kind !== "file") return `${path} is a ${log.kind}`;
  return (log.mode & 0o200) === 0 ? `${path} is not writable` : null;
}

/** Its own program, what that runs, and what every session needs. */
function missingIn(host: Host, shown: JobShown | null): readonly string[] {
  if (shown === null) return [];
  const dirs = (shown.env["PATH"] ?? "").split(":").filter((dir) => dir.startsWith("/"));
  const isFile = (path: string) => host.files.statTarget(path).state === "ok";
  const isThere = (program: string) =>
    program.startsWith("/")
      ? isFile(program)
      : dirs.some((dir) => isFile(`${dir}/${program}`));
  const needed = [shown.program ?? "", shown.script ?? "", host.config.tmuxPath];
  return needed.filter((name) => name !== "" && !isThere(name));
}
