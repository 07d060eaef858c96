// Starting one generation (lifecycle §7): files first, then the server, then its canary, so that
// a crash between any two steps leaves something that reconcile can finish or end.

import { armCanary, type CanaryOutcome } from "./canary.ts";
import { findServer, paneOf } from "./find-server.ts";
import { pathsOf, readEnd, readStart, recordEnd, writeStart } from "./records.ts";
import { writeWitnesses } from "./witness-files.ts";
import type { EndRecord, StartRecord } from "../../core/generation.ts";
import type { GenerationId } from "../../core/names.ts";
import type { Presence } from "../../core/profile.ts";
import type { WakeMode } from "../../core/states.ts";
import { renderInstant } from "../../formats/instant.ts";
import { redactArgv, secretValues } from "../../formats/redact.ts";
import type { Host } from "../../ports/host.ts";
import type { LaunchPlan } from "../../ports/runtime.ts";
import type { NewSessionOutcome } from "../../ports/tmux.ts";

const NEW_SESSION_TIMEOUT_MS = 20_000;
const MARK = "PEER_GENERATION";

export interface LaunchSpec {
  readonly presence: Presence;
  readonly generation: GenerationId;
  readonly socket: string;
  readonly mode: WakeMode;
  readonly cause: string;
  readonly plan: LaunchPlan;
  readonly launchEnv: Readonly<Record<string, string>>;
  /** Files that hold secrets, re-read by the canary when it redacts. */
  readonly secretPaths: readonly string[];
}

export type LaunchOutcome =
  | {
      readonly state: "up";
      readonly start: StartRecord;
      readonly canary: CanaryOutcome;
      /** The record on disk is complete. */
      readonly isNoted: boolean;
    }
  | ({ readonly state: "failed" } & LaunchFailure);

/** `lacks` and `searched`: see the port. */
export type LaunchFailure = Pick<
  Extract<NewSessionOutcome, { state: "failed" }>,
  "detail" | "lacks" | "searched"
> & {
  /** It came up, and had ended before it was looked at: as its witness recorded. */
  readonly ended?: EndRecord;
};

/** Brings a server up on a path that is already free. The generation's folder must exist. */
export async function launch(host: Host, spec: LaunchSpec): Promise<LaunchOutcome> {
  const first = firstRecord(host, spec);
  const written = writeWitnesses(host, spec, first);
  if (!written.ok) return unstarted(host, first, { detail: written.error });
  const stored = writeStart(host, first);
  if (stored.state === "failed") return unstarted(host, first, { detail: stored.detail });
  const paths = pathsOf(host, first);
  const outcome = await host.tmux.newSession({
    socket: spec.socket,
    identity: spec.presence.identity,
    conf: paths.tmuxConf,
    cwd: spec.presence.peer.cwd,
    argv: spec.plan.argv,
    env: sessionEnv(host, spec),
    mark: `${MARK}=${spec.generation}`,
    canaryScript: paths.canaryScript,
    timeoutMs: NEW_SESSION_TIMEOUT_MS,
  });
  if (outcome.state === "up") return complete(host, first, outcome);
  const isBegun = outcome.reason !== "not-found" && outcome.reason !== "unfit";
  if (!isBegun) return unstarted(host, first, outcome);
  return lookAgain(host, readStart(host, first) ?? first, outcome.detail);
}

/**
 * A client that gave up says nothing of its server: one that runs all the same is taken on. When
 * that cannot be told, nothing is recorded, and the supervisor looks again.
 */
async function lookAgain(host: Host, start: StartRecord, detail: string): Promise<LaunchOutcome> {
  const found = await findServer(host, start);
  if (found === "nobody") return failed(host, start, detail);
  if (found === "unknown") return { state: "failed", detail: `${detail}; it may have come up` };
  return up(host, { ...start, ...found });
}

function firstRecord(host: Host, spec: LaunchSpec): StartRecord {
  const { identity, runtime, peer } = spec.presence;
  const secrets = secretValues(handedOn(spec));
  return {
    version: 1,
    identity,
    generation: spec.generation,
    personality: peer.personality,
    runtime,
    cwd: peer.cwd,
    argv: redactArgv(spec.plan.argv, secrets),
    mode: spec.mode,
    cause: spec.cause,
    startedWall: host.clock.wall(),
    bootId: host.processes.bootId(),
    socket: spec.socket,
  };
}

/**
 * What is meant for us alone is no secret, such as the program's path: `iapeer why` tells by the
 * record which program was not there.
 */
function handedOn({ launchEnv, plan }: LaunchSpec): Record<string, string> {
  const entries = Object.entries(launchEnv);
  return Object.fromEntries(entries.filter(([name]) => Object.hasOwn(plan.env, name)));
}

/** What every session gets, in rising precedence: ours, the peer's own, then its names. */
function sessionEnv(host: Host, spec: LaunchSpec): Record<string, string> {
  const { identity, runtime, peer } = spec.presence;
  return {
    ...host.facts.env,
    ...spec.launchEnv,
    ...spec.plan.env,
    PEER_PERSONALITY: peer.personality,
    PEER_RUNTIME: runtime,
    PEER_IDENTITY: identity,
    [MARK]: spec.generation,
    IAPEER_ROOT: host.layout.root,
  };
}

async function complete(
  host: Host,
  first: StartRecord,
  pids: Extract<NewSessionOutcome, { state: "up" }>,
): Promise<LaunchOutcome> {
  const server = host.processes.identify(pids.serverPid);
  const gone = "its tmux server was gone before it could be looked at";
  if (server === null) return failed(host, first, gone);
  // A living child vouches for its parent.
  const child = server === "unknown" ? null : host.processes.childOf(server, pids.panePid);
  if (server !== "unknown" && child !== null) {
    return up(host, { ...first, server, pane: child }, pids.canary);
  }
  const pane = server === "unknown" ? null : paneOf(host, server, pids.panePid);
  if (server === "unknown" || pane === null) return lookAgain(host, first, "cannot tell its pids");
  // Without one the server has to answer: it may be gone, and its pid a stranger's by now.
  const probed = host.tmux.probe(first.socket);
  if (probed === "unknown") return lookAgain(host, first, "cannot tell whether it is there");
  if (probed !== "answers") return failed(host, first, gone);
  return up(host, { ...first, server, pane }, pids.canary);
}

function up(host: Host, start: StartRecord, canary?: { pid: number }): LaunchOutcome {
  const stored = writeStart(host, start);
  if (stored.state === "failed") reportIncomplete(host, start, stored.detail);
  const armed: CanaryOutcome =
    canary === undefined ? armCanary(host, start) : { state: "spawned", process: canary };
  return { state: "up", start, canary: armed, isNoted: stored.state === "ok" };
}

function reportIncomplete(host: Host, start: StartRecord, detail: string): void {
  const { identity, generation } = start;
  host.log.write("lifecycle", {
    ev: "start-incomplete",
    fields: { identity, generation, detail },
  });
}

/** Nothing was started: no process of it ever was, and none has died. */
function unstarted(host: Host, start: StartRecord, failure: LaunchFailure): LaunchOutcome {
  const { detail, lacks, searched } = failure;
  recordFailure(host, start, { detail, started: false });
  return {
    state: "failed",
    detail,
    ...(lacks === undefined ? {} : { lacks }),
    ...(searched === undefined ? {} : { searched }),
  };
}

function failed(host: Host, start: StartRecord, detail: string): LaunchOutcome {
  recordFailure(host, start, { detail });
  const read = readEnd(host, start);
  const isWitnessed = read.state === "recorded" && WITNESSES.has(read.end.by);
  return { state: "failed", detail, ...(isWitnessed ? { ended: read.end } : {}) };
}

/** Who tells how a life ended that a launcher did not find any more. */
const WITNESSES: ReadonlySet<EndRecord["by"]> = new Set(["hook", "canary"]);

/** tmux may have a lot to say. */
const DETAIL_MAX = 300;

/** A life that never began still has its one end record, unless a witness was faster. */
function recordFailure(
  host: Host,
  start: StartRecord,
  why: { readonly detail: string; readonly started?: false },
): void {
  recordEnd(host, {
    version: 1,
    ev: "server-exit",
    identity: start.identity,
    generation: start.generation,
    ts: renderInstant(host.clock.wall()),
    by: "launcher",
    cause: "launch-failed",
    ...why,
    detail: why.detail.slice(0, DETAIL_MAX),
    verdict: { oom: "unknown", ours: false, confidence: "certain" },
  });
}
