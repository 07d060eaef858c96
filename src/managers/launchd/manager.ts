// launchd's per-user agents (service-manager contract, "launchd"; sources in the facts page).
// Jobs are addressed by label, in the modern verbs only.

import { dirname } from "node:path";
import { portOf } from "../port.ts";
import type { Personality } from "../../core/names.ts";
import { labelOf, type JobId, type ServiceAnswer, type ServiceJob } from "../../core/service.ts";
import { agentMark, renderAgent } from "../../formats/launch-agent.ts";
import type { Proof, ServiceManager } from "../../ports/service-manager.ts";
import type { ManagerDeps } from "../deps.ts";
import { createJobFiles, type JobFiles } from "../job-files.ts";
import { createLoadedText, type LoadedText } from "../loaded-text.ts";
import { prove, saidUntil, type ProveSpec } from "../prove.ts";
import { refusal } from "../refuse.ts";
import { dropHalfWritten, writeJob } from "../write-job.ts";
import { Launchctl } from "./launchctl.ts";
import { answerOf, domainFor, lookFor } from "./look.ts";
import { bootstrap, kickstart, refused, unload, type LaunchdParts } from "./steps.ts";

export const createLaunchd = (deps: ManagerDeps): ServiceManager =>
  portOf({ name: "launchd", render: renderAgent, manager: new Launchd(deps) });

class Launchd {
  readonly jobs: JobFiles;
  readonly #parts: LaunchdParts;
  readonly #loaded: LoadedText;

  constructor(private readonly deps: ManagerDeps) {
    const { files, clock, limits, uid, root } = deps;
    this.jobs = createJobFiles({
      files,
      uid,
      root,
      dir: `${deps.home}/Library/LaunchAgents`,
      nameOf: (id) => `${labelOf(id)}.plist`,
      peerIn: (name) => {
        const found = /^com\.iapeer\.peer\.([a-z][a-z0-9-]{0,31})\.plist$/.exec(name)?.[1];
        return found === undefined ? null : (found as Personality);
      },
      mark: agentMark,
    });
    const launchctl = new Launchctl(deps.exec, deps.launchctl, limits.callMs);
    this.#parts = { launchctl, clock, limits, uid };
    this.#loaded = createLoadedText(files, deps.jobsDir);
  }

  async query(id: JobId): Promise<ServiceAnswer> {
    const { launchctl, uid } = this.#parts;
    const seen = answerOf(await lookFor(launchctl, uid, id));
    if (seen.state !== "not-loaded") return seen;
    const domain = await domainFor(launchctl, uid);
    if (domain.state !== "chosen") return seen;
    const disabled = await launchctl.isDisabled(domain.domain, labelOf(id));
    if (disabled !== true) return seen;
    const next = `launchctl enable ${domain.domain}/${labelOf(id)}`;
    return { state: "disabled", reason: "not loaded, and switched off", next };
  }

  /** Already as it should be, or the whole way: write, enable, bootout, wait, bootstrap, prove. */
  async install(job: ServiceJob, proof: Proof): Promise<ServiceAnswer> {
    const against = this.#refusal(job.id);
    if (against !== null) return against;
    const text = renderAgent(job);
    if (!text.ok) return failed(text.error);
    if (this.#isLoadedAs(job, text.value)) {
      const standing = await this.#standing(job, proof);
      if (standing !== null) return standing;
    }
    return this.#write(job, text.value) ?? this.#reload(job, proof, "loaded, and it answers");
  }

  #write(job: ServiceJob, text: string): ServiceAnswer | null {
    const written = writeJob(this.deps, { path: this.jobs.fileOf(job.id), text, job });
    this.jobs.forget();
    return written;
  }

  /** Null: something about it is not as it should be. */
  async #standing(job: ServiceJob, proof: Proof): Promise<ServiceAnswer | null> {
    const seen = await this.query(job.id);
    if (seen.state !== "loaded" || seen.job.pid === null || seen.job.alsoIn.length > 0) return null;
    const said = await proof();
    const answers = said.state === "answers" && (said.pid === null || said.pid === seen.job.pid);
    return answers ? { ...seen, state: "already-loaded" } : null;
  }

  #isLoadedAs(job: ServiceJob, text: string): boolean {
    const read = this.deps.files.read(this.jobs.fileOf(job.id));
    return read.state === "ok" && read.text === text && this.#loaded.is(job.id, text);
  }

  /** From whatever state it is in, to the file as it is on disk now. */
  async #reload(job: ServiceJob, proof: Proof, reason: string): Promise<ServiceAnswer> {
    const { launchctl, uid } = this.#parts;
    const [chosen, blocked] = await Promise.all([
      domainFor(launchctl, uid),
      this.#blocked(job.id),
    ]);
    if (chosen.state === "refused") return { ...chosen, state: "unknown" };
    if (blocked !== null) return blocked;
    // Before anything else: the switch is outside the file, and outlives reinstalling.
    await launchctl.call("enable", `${chosen.domain}/${labelOf(job.id)}`);
    this.#loaded.forget(job.id);
    const left = await unload(this.#parts, job.id);
    if (left !== null) return left;
    const where = { domain: chosen.domain, path: this.jobs.fileOf(job.id) };
    const saidBefore = saidUntil(this.deps.files, job);
    const against = await bootstrap(this.#parts, job.id, where);
    if (against !== null) return against;
    const text = renderAgent(job);
    if (text.ok) this.#loaded.note(job.id, text.value);
    return this.#prove(job, proof, { reason, saidBefore });
  }

  #prove(
    job: ServiceJob,
    proof: Proof,
    how: Pick<ProveSpec, "reason" | "notPid" | "saidBefore">,
  ): Promise<ServiceAnswer> {
    const { launchctl, uid } = this.#parts;
    const query = async () => answerOf(await lookFor(launchctl, uid, job.id));
    return prove(this.deps, { job, query, proof, ...how });
  }

  async start(job: ServiceJob, proof: Proof): Promise<ServiceAnswer> {
    const against = this.#refusal(job.id);
    if (against !== null) return against;
    const seen = await this.query(job.id);
    if (seen.state === "unknown") return seen;
    if (seen.state === "loaded" && this.#isAsOnDisk(job)) {
      if (seen.job.pid !== null) return this.#answers(job, seen, proof);
      return this.#kick(job, { seen, proof, kill: false });
    }
    return this.install(job, proof);
  }

  async #answers(job: ServiceJob, seen: ServiceAnswer, proof: Proof): Promise<ServiceAnswer> {
    const proved = await this.#prove(job, proof, { reason: seen.reason });
    return proved.state === "loaded" ? { ...proved, state: "already-loaded" } : proved;
  }

  #isAsOnDisk(job: ServiceJob): boolean {
    const text = renderAgent(job);
    return text.ok && this.#isLoadedAs(job, text.value);
  }

  async restart(job: ServiceJob, proof: Proof): Promise<ServiceAnswer> {
    const against = this.#refusal(job.id);
    if (against !== null) return against;
    const seen = await this.query(job.id);
    if (seen.state === "unknown") return seen;
    const kickable = seen.state === "loaded" && seen.job.alsoIn.length === 0;
    if (kickable && this.#isAsOnDisk(job)) return this.#kick(job, { seen, proof, kill: true });
    const text = renderAgent(job);
    if (!text.ok) return failed(text.error);
    return this.#write(job, text.value) ?? this.#reload(job, proof, "loaded anew, and it answers");
  }

  async #kick(
    job: ServiceJob,
    how: { seen: Extract<ServiceAnswer, { job: unknown }>; proof: Proof; kill: boolean },
  ): Promise<ServiceAnswer> {
    const { pid, domain } = how.seen.job;
    const at = { domain: domain ?? "", path: this.jobs.fileOf(job.id) };
    const target = `${at.domain}/${labelOf(job.id)}`;
    const saidBefore = saidUntil(this.deps.files, job);
    const against = await kickstart(this.#parts, target, { kill: how.kill });
    if (against !== null) return refused(job.id, at, against);
    const notPid = pid === null ? {} : { notPid: pid };
    const reason = "started, and it answers";
    return this.#prove(job, how.proof, { reason, saidBefore, ...notPid });
  }

  async stop(id: JobId): Promise<ServiceAnswer> {
    const against = this.#refusal(id) ?? (await this.#blocked(id));
    if (against !== null) return against;
    this.#loaded.forget(id);
    const left = await unload(this.#parts, id);
    return left ?? { state: "not-loaded", reason: "ended; its file stays" };
  }

  async remove(id: JobId): Promise<ServiceAnswer> {
    const stopped = await this.stop(id);
    if (stopped.state !== "not-loaded") return stopped;
    const path = this.jobs.fileOf(id);
    if (this.jobs.ownerOf(id).owner === "ours") {
      const gone = this.deps.files.remove(path);
      dropHalfWritten(this.deps, dirname(path));
      this.jobs.forget();
      if (gone.state === "failed") return failed(`${path} cannot be deleted: ${gone.detail}`);
    }
    return { state: "not-loaded", reason: `ended, and ${path} deleted` };
  }

  #refusal(id: JobId): ServiceAnswer | null {
    return refusal(this.jobs.ownerOf(id), this.jobs.fileOf(id));
  }

  /** Nothing is ended on a guess; a job of our label that came from another file is not ours. */
  async #blocked(id: JobId): Promise<ServiceAnswer | null> {
    const { launchctl, uid } = this.#parts;
    const seen = answerOf(await lookFor(launchctl, uid, id));
    if (seen.state === "unknown") return seen;
    const path = "job" in seen ? seen.job.path : null;
    const ours = this.jobs.fileOf(id);
    if (path === null || withoutPrivate(path) === withoutPrivate(ours)) return null;
    return {
      state: "refused-foreign",
      path,
      reason: `${labelOf(id)} is loaded from ${path}, not from ${ours}`,
      next: `if nothing needs it: launchctl bootout gui/${this.deps.uid}/${labelOf(id)}`,
    };
  }
}

/** /tmp and /var are links into /private there. */
const withoutPrivate = (path: string): string => path.replace(/^\/private(?=\/(?:tmp|var)\/)/, "");

const failed = (reason: string): ServiceAnswer => ({
  state: "failed",
  exitCode: null,
  stderr: "",
  reason,
  next: "iapeer doctor",
});
