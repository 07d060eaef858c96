// When a job counts as up: a pid that stays, and a proof that answers (service-manager contract).
// That a manager accepted a request says nothing of it.

import type { ServiceAnswer, ServiceJob } from "../core/service.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { Proof, ProofState } from "../ports/service-manager.ts";
import type { ManagerLimits } from "./deps.ts";

export interface ProveSpec {
  readonly job: ServiceJob;
  readonly query: () => Promise<ServiceAnswer>;
  readonly proof: Proof;
  /** Said when it is up. */
  readonly reason: string;
  /** The process that was to be replaced. */
  readonly notPid?: number;
  /** How long the job's output was before it was started; what others said is not its own. */
  readonly saidBefore?: number;
}

interface Deps {
  readonly clock: Clock;
  readonly files: Files;
  readonly limits: ManagerLimits;
}

const LOOK_MS = 50;
const LOOK_MAX_MS = 400;
const TAIL_BYTES = 2000;

/** `loaded`, or why not: `failed` with the last words of its output, or `unknown`. */
export async function prove(deps: Deps, spec: ProveSpec): Promise<ServiceAnswer> {
  const { clock, limits } = deps;
  const until = clock.mono() + limits.proofMs;
  const watched = new Watched();
  for (let pauseMs = LOOK_MS; ; pauseMs = Math.min(pauseMs * 1.5, LOOK_MAX_MS)) {
    const seen = await spec.query();
    const now = clock.mono();
    const pid = pidOf(seen);
    watched.see(pid === spec.notPid ? null : pid, now);
    const proof = watched.pid === null ? null : await spec.proof();
    const stable = watched.sameForMs(now) >= limits.stableMs;
    if (isProved(proof, watched.pid) && stable && "job" in seen) {
      return { state: "loaded", reason: spec.reason, job: seen.job };
    }
    const crashed = watched.lostForMs(now) > limits.lostMs;
    // What answers at the last moment still gets the time to be seen to stay.
    const spentMs = clock.mono() - until;
    const isOver = isProved(proof, watched.pid) ? spentMs >= limits.stableMs : spentMs >= 0;
    const isFinal = proof?.state === "silent" && proof.isFinal === true;
    if (crashed || isOver || isFinal) return unproved(deps, spec, { seen, proof, crashed });
    await clock.sleep(pauseMs);
  }
}

const pidOf = (seen: ServiceAnswer): number | null => ("job" in seen ? seen.job.pid : null);

function isProved(proof: ProofState | null, pid: number | null): boolean {
  return proof?.state === "answers" && (proof.pid === null || proof.pid === pid);
}

/** One pid and since when it is the same; or since when there is none any more. */
class Watched {
  pid: number | null = null;
  #since = 0;
  #lostAt: number | null = null;

  see(pid: number | null, now: number): void {
    if (pid !== null && pid !== this.pid) this.#since = now;
    if (pid === null && this.pid !== null) this.#lostAt = now;
    if (pid !== null) this.#lostAt = null;
    this.pid = pid;
  }

  sameForMs(now: number): number {
    return this.pid === null ? -1 : now - this.#since;
  }

  lostForMs(now: number): number {
    return this.#lostAt === null ? 0 : now - this.#lostAt;
  }
}

interface Last {
  readonly seen: ServiceAnswer;
  readonly proof: ProofState | null;
  readonly crashed: boolean;
}

function unproved(deps: Deps, { job, saidBefore }: ProveSpec, last: Last): ServiceAnswer {
  const { seen, proof, crashed } = last;
  if (seen.state === "unknown") return seen;
  const stderr = lastWords(deps.files, job, saidBefore);
  const words = "job" in seen ? seen.job.lastExit : null;
  const how = crashed ? `it ended at once (${words ?? "exit unknown"})` : silence(seen, proof);
  return {
    state: "failed",
    reason: `it was started, and did not prove itself: ${how}`,
    next: `look at the end of ${job.stderr}`,
    exitCode: null,
    stderr,
  };
}

/** How long a job's output is by now. */
export function saidUntil(files: Files, job: ServiceJob): number {
  const seen = files.stat(job.stderr);
  return seen.state === "ok" ? seen.size : 0;
}

/** The end of a job's output, less what was there before. */
export function lastWords(files: Files, job: ServiceJob, before = 0): string {
  const own = Math.max(0, saidUntil(files, job) - before);
  const output = files.readTail(job.stderr, Math.min(TAIL_BYTES, own));
  return output.state === "ok" ? output.text.trimEnd() : "";
}

function silence(seen: ServiceAnswer, proof: ProofState | null): string {
  if (proof === null) return seen.reason;
  if (proof.state === "silent") return proof.detail;
  const own = pidOf(seen);
  return own === proof.pid || own === null || proof.pid === null
    ? "its pid does not stay"
    : `pid ${proof.pid} answers, and the job is pid ${own}`;
}
