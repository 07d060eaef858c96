// The daemon at a service manager (service-manager contract): installed, started, stopped,
// restarted and taken out again, with its sessions living on through all of it.

import { isUp } from "./answers.ts";
import { holder, holders, type ServiceContext } from "./context.ts";
import { forgetStarts } from "./daemon-starts.ts";
import { endDaemon } from "./end-daemon.ts";
import { settleStart } from "./owed-start.ts";
import { holdPeers, releaseAll, type HeldPeer } from "./held-jobs.ts";
import { daemonJobOf } from "./place.ts";
import { forgetManager, readManagerRecord, writeManagerRecord } from "./record.ts";
import { IapeerError } from "../../core/error.ts";
import { err, ok, type Result } from "../../core/result.ts";
import {
  DAEMON_JOB,
  labelOf,
  type ManagerChoice,
  type ManagerName,
  type ServiceAnswer,
} from "../../core/service.ts";
import type { DaemonStatus } from "../../core/snapshot.ts";
import type { Proof, ServiceManager } from "../../ports/service-manager.ts";
import { chooseManager, objectionToAsked } from "../../rules/choose-manager.ts";

/** Refused: a manager that this host does not have would hold nothing, and lock the root. */
export async function choose(
  { services }: ServiceContext,
  asked: ManagerName | null,
): Promise<Result<ManagerChoice, IapeerError>> {
  const probes = await services.probe(asked);
  const against = objectionToAsked(probes);
  return against === null ? ok(chooseManager(probes)) : err(notHere(against));
}

/** For an install. Refused too: one that does not answer; else the root would be lost to it. */
export async function chooseReached(
  context: ServiceContext,
  asked: ManagerName | null,
): Promise<Result<ManagerChoice, IapeerError>> {
  const chosen = await choose(context, asked);
  if (!chosen.ok || chosen.value.unreached === undefined) return chosen;
  return err(notReached(chosen.value.manager, chosen.value.unreached));
}

const notReached = (manager: ManagerName, why: string): IapeerError =>
  new IapeerError({
    code: "manager-not-reached",
    what: `${manager} cannot be asked to hold the daemon, so nothing was ended or written`,
    why,
    next: `make it answer (docs/${PAGES[manager]}), or: iapeer daemon install --manager embedded`,
    exit: 2,
  });

const PAGES = {
  launchd: "macos.md",
  systemd: "linux.md",
  embedded: "troubleshooting.md",
} as const satisfies Record<ManagerName, string>;

const notHere = (what: string): IapeerError =>
  new IapeerError({
    code: "manager-not-here",
    what,
    why: "its own program is not there, so nothing was written",
    next: "iapeer daemon install chooses one that is here",
    exit: 2,
  });

/** It answers on its socket, and its passes are not late. */
const daemonProof =
  ({ daemon }: ServiceContext): Proof =>
  async () => {
    const status = await daemon.status();
    if (status.state === "running") return { state: "answers", pid: status.pid ?? null };
    return { state: "silent", detail: `the daemon is ${status.state}: ${status.reason ?? ""}` };
  };

export interface Installed {
  readonly choice: ManagerChoice;
  readonly answer: ServiceAnswer;
  readonly peers: readonly HeldPeer[];
}

/** Safe to repeat: whatever an earlier run was cut off at is completed. */
export async function installDaemon(
  context: ServiceContext,
  choice: ManagerChoice,
): Promise<Result<Installed, IapeerError>> {
  const { host, services } = context;
  const before = readManagerRecord(host);
  const manager = services.named(choice.manager);
  const { owner } = manager.ownerOf(DAEMON_JOB);
  if (manager.name !== "embedded" && owner !== "ours" && owner !== "absent") {
    // It says itself why it is refused, and whatever runs now is not ended for it.
    const answer = await manager.install(daemonJobOf(host), daemonProof(context));
    return ok({ choice, answer, peers: [] });
  }
  for (const other of holders(context)) {
    const isHolding = other.name === before?.manager || other.name !== "embedded";
    if (other.name === choice.manager || !isHolding) continue;
    const left = await releaseAll(context, other);
    if (left !== null) return ok({ choice, answer: left, peers: [] });
  }
  // Before anything is loaded: the daemon reads it as it starts.
  const recorded = writeManagerRecord(host, choice);
  if (!recorded.ok) return recorded;
  const answer = await bringIn(context, manager);
  const isRefused = answer.state === "refused-foreign" || answer.state === "unknown";
  if (isRefused && before === null && manager.ownerOf(DAEMON_JOB).owner !== "ours") {
    forgetManager(host);
  }
  if (!isUp(answer)) return ok({ choice, answer, peers: [] });
  return ok({ choice, answer, peers: await holdPeers(context, manager) });
}

/** Left alone where it is loaded as it should be, and answers; else as `installDaemon` has it. */
export const keepDaemon = (context: ServiceContext): Promise<ServiceAnswer> =>
  bringIn(context, holder(context));

/** A daemon that runs in a terminal ends first: two would each refuse the other. */
async function bringIn(context: ServiceContext, manager: ServiceManager): Promise<ServiceAnswer> {
  if (manager.name === "embedded") return startDaemon(context);
  const stranger = await endStranger(context, manager);
  if (stranger !== null) return stranger;
  forgetStarts(context.host);
  return manager.install(daemonJobOf(context.host), daemonProof(context));
}

/** Null: no daemon but the manager's own runs here; an answer: that cannot be told. */
export async function strangerOf(
  { daemon }: ServiceContext,
  manager: ServiceManager,
): Promise<{ readonly pid: number } | ServiceAnswer | null> {
  const { state, pid } = await daemon.status();
  if (state === "not-running" || pid === undefined) return null;
  const seen = await manager.query(DAEMON_JOB);
  if (seen.state === "unknown") return seen;
  return "job" in seen && seen.job.pid === pid ? null : { pid };
}

async function endStranger(
  context: ServiceContext,
  manager: ServiceManager,
): Promise<ServiceAnswer | null> {
  const stranger = await strangerOf(context, manager);
  return stranger === null || "state" in stranger ? stranger : endDaemon(context, stranger.pid);
}

/** One that runs and does not do its work is not started beside, nor ended unasked. */
function notWell({ state, pid, reason }: DaemonStatus): ServiceAnswer | null {
  if ((state !== "stale" && state !== "unknown") || pid === undefined) return null;
  const what = state === "stale" ? "its last pass is older than two periods" : "says nothing";
  const why = `the daemon runs as pid ${pid}, and ${what}: ${reason ?? ""}`;
  return { state: "unknown", reason: why, next: "iapeer daemon restart" };
}

/** A turn ends a daemon that will not go, and waits for the proof of the next one. */
const TURN_WAIT_MS = 90_000;

/**
 * In the background, held by nobody: of several at once there the last would be on record as the
 * daemon, and another one have the lease. A disk on which nothing can be locked keeps no daemon
 * from being started.
 */
async function inTurn(
  context: ServiceContext,
  work: () => Promise<ServiceAnswer>,
): Promise<ServiceAnswer> {
  if (holder(context).name !== "embedded") return work();
  const { layout, lock } = context.host;
  let answer: ServiceAnswer | undefined;
  const locked = async () => {
    answer = await work();
  };
  await lock.withLock(`${layout.jobsDir}/${labelOf(DAEMON_JOB)}.json`, locked, TURN_WAIT_MS);
  return answer ?? work();
}

/** Also without an install. */
export const startDaemon = (context: ServiceContext): Promise<ServiceAnswer> =>
  inTurn(context, () => startNow(context));

async function startNow(context: ServiceContext): Promise<ServiceAnswer> {
  const manager = holder(context);
  const status = await context.daemon.status();
  if (manager.name === "embedded" && status.state === "running") {
    return running(status);
  }
  const sick = notWell(status);
  if (sick !== null) return sick;
  const stranger = await endStranger(context, manager);
  if (stranger !== null) return stranger;
  forgetStarts(context.host);
  const answer = await manager.start(daemonJobOf(context.host), daemonProof(context));
  if (manager.name !== "embedded" || isUp(answer)) return answer;
  // Another start was first, and has the lease.
  const since = await context.daemon.status();
  return since.state === "running" ? running(since) : answer;
}

const running = (status: DaemonStatus): ServiceAnswer => ({
  state: "already-loaded",
  reason: `it runs as pid ${status.pid ?? "?"}`,
  job: {
    pid: status.pid ?? null,
    activity: "running",
    domain: null,
    alsoIn: [],
    path: null,
    runs: null,
    lastExit: null,
  },
});

export const restartDaemon = (context: ServiceContext): Promise<ServiceAnswer> =>
  inTurn(context, () => restartNow(context));

async function restartNow(context: ServiceContext): Promise<ServiceAnswer> {
  const manager = holder(context);
  const stranger = await endStranger(context, manager);
  if (stranger !== null) return stranger;
  forgetStarts(context.host);
  return manager.restart(daemonJobOf(context.host), daemonProof(context));
}

/** The manager's own, and one in a terminal. */
export async function stopDaemon(context: ServiceContext): Promise<ServiceAnswer> {
  settleStart(context.host);
  const stopped = await holder(context).stop(DAEMON_JOB);
  if (stopped.state !== "not-loaded") return stopped;
  const { state, pid, reason = "" } = await context.daemon.status();
  if (state === "not-running") return stopped;
  if (pid !== undefined) return (await endDaemon(context, pid)) ?? stopped;
  const next = "iapeer daemon status";
  return { state: "unknown", reason: `who is on its socket cannot be told: ${reason}`, next };
}

/** Peers' jobs first, then the daemon's; the record last, so that a cut-off run can be repeated. */
export async function uninstallDaemon(context: ServiceContext): Promise<ServiceAnswer> {
  for (const manager of holders(context)) {
    const left = await releaseAll(context, manager);
    if (left !== null) return left;
  }
  forgetStarts(context.host);
  settleStart(context.host);
  forgetManager(context.host);
  return { state: "not-loaded", reason: "no service manager holds this root any more" };
}
