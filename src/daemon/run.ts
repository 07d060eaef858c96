// The daemon's life: the lease, the supervisor, the socket, and an orderly end. Sessions are not
// its children in any sense that matters: they live on through all of it.

import { bugAnswer } from "./api/bug-answer.ts";
import { answerRequest, BODY_BYTES_MAX } from "./api/server.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";
import { LEASE_WAIT_MS, takeLease, type Taken } from "./take-lease.ts";
import type { ApiError } from "../core/api.ts";
import { IapeerError } from "../core/error.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { DaemonStatus } from "../core/snapshot.ts";
import { renderInstant } from "../formats/instant.ts";
import { cannotListen, socketInTheWay } from "../flows/daemon-socket.ts";
import { prepareRoot } from "../flows/storage/root.ts";
import { usableTmux } from "../flows/usable-tmux.ts";
import type { DeathWatch } from "../ports/death-watch.ts";
import type { Host } from "../ports/host.ts";
import type { HeldLease, Lease } from "../ports/lock.ts";

export interface DaemonDeps {
  readonly host: Host;
  readonly lease: Lease;
  readonly createWatch: () => DeathWatch;
  readonly listen: (spec: ListenSpec) => Result<Listening>;
  readonly onReady?: () => void;
  /** Aborted when the process is asked to end (TERM, INT). */
  readonly signal: AbortSignal;
}

/** An HTTP server on a unix socket that only its owner can open. */
export interface ListenSpec {
  readonly path: string;
  readonly bodyBytesMax: number;
  readonly answer: (request: Request) => Promise<Response>;
  readonly onBug: (detail: string) => ApiError;
}

export interface Listening {
  stop(): Promise<void>;
}

/** Resolves when the daemon has ended in order; an error when it could not begin. */
export async function runDaemon(deps: DaemonDeps): Promise<Result<void, IapeerError>> {
  const { host } = deps;
  const prepared = prepareRoot(host);
  if (!prepared.ok) return prepared;
  const tmux = await usableTmux(host);
  if (!tmux.ok) return tmux;
  const held = await takeLease({ ...deps, waitMs: LEASE_WAIT_MS });
  // Asked to end before it has begun.
  if (held.state === "interrupted") return ok(undefined);
  if (held.state !== "held") return err(noLease(host, held));
  try {
    return await supervised(deps, held);
  } finally {
    held.release();
  }
}

async function supervised(
  deps: DaemonDeps,
  { hold }: HeldLease,
): Promise<Result<void, IapeerError>> {
  const { host } = deps;
  const startedWall = host.clock.wall();
  const config = configOf(host);
  const watch = deps.createWatch();
  const stop = Promise.withResolvers<void>();
  const supervisor = createSupervisor(host, watch, { hold, onLost: () => stop.resolve() });
  await supervisor.start();
  if (deps.signal.aborted) stop.resolve();
  deps.signal.addEventListener("abort", () => stop.resolve(), { once: true });
  const status = () => statusOf({ host, supervisor, watch, startedWall, config });
  const serving = { supervisor, status, onStop: () => stop.resolve() };
  const served = supervisor.isLost() ? err(rootLost(host)) : serve(deps, serving);
  if (!served.ok) {
    await supervisor.stop();
    return served;
  }
  deps.onReady?.();
  await stop.promise;
  await supervisor.stop();
  // To stop listening would remove the socket that another daemon may have made by now.
  if (supervisor.isLost()) return err(rootLost(host));
  await served.value.stop();
  host.files.remove(host.layout.daemonSocket);
  return ok(undefined);
}

interface Serving {
  readonly supervisor: Supervisor;
  readonly status: () => DaemonStatus;
  readonly onStop: () => void;
}

/** A socket file left by a dead daemon is replaced; anything else in its place is refused. */
function serve(deps: DaemonDeps, serving: Serving): Result<Listening, IapeerError> {
  const { host } = deps;
  const path = host.layout.daemonSocket;
  const inTheWay = socketInTheWay(host);
  if (inTheWay !== null) return err(inTheWay);
  host.files.remove(path);
  const listening = deps.listen({
    path,
    bodyBytesMax: BODY_BYTES_MAX,
    answer: (request) => answerRequest({ host, ...serving }, request),
    onBug: (detail) => bugAnswer(host, detail),
  });
  return listening.ok ? listening : err(cannotListen(path, listening.error));
}

const configOf = ({ files, layout }: Host): "file" | "none" =>
  files.statTarget(layout.configFile).state === "missing" ? "none" : "file";

function statusOf(seen: {
  host: Host;
  supervisor: Supervisor;
  watch: DeathWatch;
  startedWall: ReturnType<Host["clock"]["wall"]>;
  config: "file" | "none";
}): DaemonStatus {
  const { host, supervisor, watch } = seen;
  const { rootTrouble, stateTrouble = rootTrouble } = supervisor.facts.state();
  const logTrouble = host.log.trouble();
  const trouble = logTrouble ?? rootTrouble;
  return {
    schema: "iapeer.daemon.v1",
    state: "running",
    pid: host.processes.self().pid,
    started: renderInstant(seen.startedWall),
    version: host.facts.version,
    death_watch: watch.mechanism,
    config: seen.config,
    tick_ms: supervisor.facts.lastTickMs(),
    peers_alive: supervisor.facts.alive(),
    ...(trouble === undefined ? {} : { reason: trouble }),
    ...(logTrouble === null ? {} : { log_trouble: logTrouble }),
    ...(stateTrouble === undefined ? {} : { state_trouble: stateTrouble }),
  };
}

const rootLost = ({ layout }: Host): IapeerError =>
  new IapeerError({
    code: "lease-lost",
    what: `this daemon no longer supervises ${layout.root}, and ends`,
    why: `${layout.daemonLease}, by which it had the right to, was removed or replaced`,
    next: "iapeer daemon status says whether another does; iapeer daemon start",
  });

type Untaken = Exclude<Taken, { readonly state: "held" | "interrupted" }>;

function noLease({ layout: { root } }: Host, found: Untaken): IapeerError {
  const what = `another process supervises ${root}`;
  switch (found.state) {
    case "answers":
      return new IapeerError({ code: "daemon-running", what, next: "iapeer daemon status" });
    case "busy":
      return new IapeerError({
        code: "root-busy",
        what,
        why: found.why,
        next: "once that process has ended, start the daemon again; if it hangs, end it",
      });
    case "failed":
      return new IapeerError({
        code: "lease-failed",
        what: `the right to supervise ${root} could not be taken`,
        why: found.why,
        next: "iapeer daemon status",
      });
  }
}
