// No service manager: the daemon runs in the foreground (`iapeer daemon run`), or is put into the
// background here, and nobody starts it again. Always-on peers are its own to restart, so that a
// peer is held only by a plist or unit that somebody else has put there.

import { labelOf, type JobId, type ServiceAnswer, type ServiceJob } from "../../core/service.ts";
import type { ProcessRef } from "../../core/process-ref.ts";
import { parsePid, renderBackgroundJob, renderPid } from "../../formats/background-job.ts";
import type { Proof, ServiceManager } from "../../ports/service-manager.ts";
import type { ManagerDeps } from "../deps.ts";
import { lastWords, prove, saidUntil, type ProveSpec } from "../prove.ts";
import { writeJob } from "../write-job.ts";

const POLL_MS = 20;
const KILL_WAIT_MS = 5000;

/**
 * Appends both outputs to the job's log, and begins once its pid is on record: when whoever starts
 * it is killed in between, nobody would know it. The words of argv are the shell's own arguments.
 */
const BEGIN = `exec >>"$0" 2>&1; noted=$1; shift; tries=0
until grep -qs "\\"pid\\":$$," "$noted"; do
  tries=$((tries + 1)); [ $tries -lt 500 ] || exit 1; sleep 0.01
done
exec "$@"`;

/** `platform` is the manager whose files this host would have. */
export function createEmbedded(deps: ManagerDeps, platform: ServiceManager): ServiceManager {
  const embedded = new Embedded(deps);
  return {
    name: "embedded",
    isThere: () => true,
    manages: (personality) => platform.manages(personality),
    fileOf: () => null,
    ownerOf: (id) => platform.ownerOf(id),
    held: () => platform.held(),
    render: renderBackgroundJob,
    install: (job, proof) => embedded.start(job, proof),
    remove: (id) => embedded.remove(id),
    start: (job, proof) => embedded.start(job, proof),
    stop: (id) => embedded.stop(id),
    restart: (job, proof) => embedded.restart(job, proof),
    query: (id) => Promise.resolve(embedded.query(id)),
  };
}

class Embedded {
  constructor(private readonly deps: ManagerDeps) {}

  #jobPath(id: JobId): string {
    return `${this.deps.jobsDir}/${labelOf(id)}.json`;
  }

  #pidPath(id: JobId): string {
    return `${this.deps.jobsDir}/${labelOf(id)}.pid`;
  }

  #process(id: JobId): ProcessRef | null {
    const read = this.deps.files.read(this.#pidPath(id));
    return read.state === "ok" ? parsePid(read.text) : null;
  }

  query(id: JobId): ServiceAnswer {
    const process = this.#process(id);
    if (process === null) return { state: "not-loaded", reason: "not started in the background" };
    const { pid } = process;
    switch (this.deps.processes.liveness(process)) {
      case "dead":
        // Another one may run by now, in a terminal.
        return { state: "not-loaded", reason: `started in the background, pid ${pid} has ended` };
      case "unknown":
        return { state: "unknown", reason: `cannot tell whether pid ${pid} still runs` };
      case "alive": {
        const path = this.#jobPath(id);
        const unseen = { domain: null, alsoIn: [], runs: null, lastExit: null };
        const job = { pid, activity: "in the background", path, ...unseen };
        return { state: "loaded", reason: `runs as pid ${pid}, in the background`, job };
      }
    }
  }

  async start(job: ServiceJob, proof: Proof): Promise<ServiceAnswer> {
    const seen = this.query(job.id);
    if (seen.state === "unknown") return seen;
    if (seen.state === "loaded") {
      const proved = await this.#prove(job, proof, { reason: seen.reason });
      return proved.state === "loaded" ? { ...proved, state: "already-loaded" } : proved;
    }
    const text = renderBackgroundJob(job);
    if (!text.ok) return failed(text.error);
    this.deps.files.makeFolder(this.deps.jobsDir);
    const path = this.#jobPath(job.id);
    const written = writeJob(this.deps, { path, text: text.value, job });
    if (written !== null) return written;
    const saidBefore = saidUntil(this.deps.files, job);
    const spawned = this.#spawn(job, saidBefore);
    const reason = "started in the background, and it answers";
    return spawned ?? this.#prove(job, proof, { reason, saidBefore });
  }

  #spawn(job: ServiceJob, saidBefore: number): ServiceAnswer | null {
    this.deps.files.remove(this.#pidPath(job.id));
    const argv = ["/bin/sh", "-c", BEGIN, job.stdout, this.#pidPath(job.id), ...job.argv];
    const spawned = this.deps.exec.detach({ argv, env: job.env, cwd: job.cwd });
    if (spawned.state === "failed") return failed(`it cannot be started: ${spawned.detail}`);
    const { process } = spawned;
    if (!("start" in process)) {
      const said = lastWords(this.deps.files, job, saidBefore);
      return failed("it ended before it could be looked at", said);
    }
    const noted = this.deps.files.writeAtomic(this.#pidPath(job.id), renderPid(process));
    return noted.state === "ok" ? null : failed(`its pid cannot be noted: ${noted.detail}`);
  }

  #prove(
    job: ServiceJob,
    proof: Proof,
    how: Pick<ProveSpec, "reason" | "saidBefore">,
  ): Promise<ServiceAnswer> {
    const query = () => Promise.resolve(this.query(job.id));
    return prove(this.deps, { job, query, proof, ...how });
  }

  async restart(job: ServiceJob, proof: Proof): Promise<ServiceAnswer> {
    const stopped = await this.stop(job.id);
    return stopped.state === "not-loaded" ? this.start(job, proof) : stopped;
  }

  async stop(id: JobId): Promise<ServiceAnswer> {
    const process = this.#process(id);
    const seen = this.query(id);
    if (process === null || seen.state !== "loaded") return seen;
    this.deps.processes.signal(process, "TERM");
    const inTime = await this.#gone(process, this.deps.limits.exitMs);
    if (!inTime) {
      this.deps.processes.signal(process, "KILL");
      await this.#gone(process, KILL_WAIT_MS);
    }
    const after = this.query(id);
    return after.state === "loaded" ? { ...after, state: "draining" } : after;
  }

  async #gone(process: ProcessRef, withinMs: number): Promise<boolean> {
    const { clock, processes } = this.deps;
    const until = clock.mono() + withinMs;
    while (processes.liveness(process) !== "dead") {
      if (clock.mono() >= until) return false;
      await clock.sleep(POLL_MS);
    }
    return true;
  }

  async remove(id: JobId): Promise<ServiceAnswer> {
    const stopped = await this.stop(id);
    if (stopped.state !== "not-loaded") return stopped;
    for (const path of [this.#pidPath(id), this.#jobPath(id)]) this.deps.files.remove(path);
    return { state: "not-loaded", reason: "not started in the background any more" };
  }
}

const failed = (reason: string, stderr = ""): ServiceAnswer => ({
  state: "failed",
  exitCode: null,
  stderr,
  reason,
  next: "iapeer daemon run shows what keeps it from starting",
});
