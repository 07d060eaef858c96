// systemd's user units (service-manager contract, "systemd").

import { dirname } from "node:path";
import { portOf } from "../port.ts";
import type { Personality } from "../../core/names.ts";
import { unitOf, type JobId, type ServiceAnswer, type ServiceJob } from "../../core/service.ts";
import { renderUnit, unitMark } from "../../formats/systemd-unit.ts";
import type { Proof, ServiceManager } from "../../ports/service-manager.ts";
import type { ManagerDeps } from "../deps.ts";
import { createJobFiles, type JobFiles } from "../job-files.ts";
import { createLoadedText, type LoadedText } from "../loaded-text.ts";
import { lastWords, prove, saidUntil, type ProveSpec } from "../prove.ts";
import { refusal } from "../refuse.ts";
import { dropHalfWritten, writeJob } from "../write-job.ts";
import { answerOf } from "./answer.ts";
import { Systemctl, type Called } from "./systemctl.ts";

const GONE_POLL_MS = 50;

export const createSystemd = (deps: ManagerDeps): ServiceManager =>
  portOf({ name: "systemd", render: renderUnit, manager: new Systemd(deps) });

class Systemd {
  readonly jobs: JobFiles;
  readonly #systemctl: Systemctl;
  readonly #loaded: LoadedText;

  constructor(private readonly deps: ManagerDeps) {
    const { files, uid, root, home, env } = deps;
    const asked = env["XDG_CONFIG_HOME"] ?? "";
    const configHome = asked.startsWith("/") ? asked : `${home}/.config`;
    this.jobs = createJobFiles({
      files,
      uid,
      root,
      dir: `${configHome}/systemd/user`,
      nameOf: unitOf,
      peerIn: (name) => {
        const found = /^iapeer-peer-([a-z][a-z0-9-]{0,31})\.service$/.exec(name)?.[1];
        return found === undefined ? null : (found as Personality);
      },
      mark: unitMark,
    });
    this.#systemctl = new Systemctl(deps.exec, deps.systemctl, deps.limits.callMs);
    this.#loaded = createLoadedText(files, deps.jobsDir);
  }

  async query(id: JobId): Promise<ServiceAnswer> {
    const shown = await this.#systemctl.show(unitOf(id));
    if (shown.state === "shown") return answerOf(shown.unit);
    return {
      state: "unknown",
      reason: `cannot tell: ${shown.detail}`,
      next: "systemctl --user status; docs/linux.md says more",
    };
  }

  async install(job: ServiceJob, proof: Proof): Promise<ServiceAnswer> {
    const before = await this.#before(job);
    if ("state" in before) return before;
    if (this.#isLoadedAs(job, before.text)) {
      const standing = await this.#standing(job, proof);
      if (standing !== null) return standing;
    }
    return this.#reload(job, { ...before, proof, reason: "loaded, and it answers" });
  }

  /** What keeps anything from being done, or the text to be written. */
  async #before(job: ServiceJob): Promise<ServiceAnswer | { text: string; seen: ServiceAnswer }> {
    const against = this.#refusal(job.id);
    if (against !== null) return against;
    const text = renderUnit(job);
    if (!text.ok) return failed(text.error);
    const seen = await this.query(job.id);
    const stuck = seen.state === "unknown" || seen.state === "disabled";
    if (stuck) return seen;
    return this.#elsewhere(job.id, seen) ?? { text: text.value, seen };
  }

  /** A unit of our name that came from another file is somebody else's. */
  #elsewhere(id: JobId, seen: ServiceAnswer): ServiceAnswer | null {
    const path = "job" in seen ? seen.job.path : null;
    const ours = this.jobs.fileOf(id);
    if (path === null || path === ours) return null;
    const reason = `${unitOf(id)} is loaded from ${path}, not from ${ours}`;
    const next = `if nothing needs it: systemctl --user disable --now ${unitOf(id)}`;
    return { state: "refused-foreign", path, reason, next };
  }

  async #standing(job: ServiceJob, proof: Proof): Promise<ServiceAnswer | null> {
    const seen = await this.query(job.id);
    if (seen.state !== "loaded" || seen.job.pid === null) return null;
    const said = await proof();
    const answers = said.state === "answers" && (said.pid === null || said.pid === seen.job.pid);
    return answers ? { ...seen, state: "already-loaded" } : null;
  }

  #isLoadedAs(job: ServiceJob, text: string): boolean {
    const read = this.deps.files.read(this.jobs.fileOf(job.id));
    return read.state === "ok" && read.text === text && this.#loaded.is(job.id, text);
  }

  /** Write, reload, enable, restart, prove. */
  async #reload(
    job: ServiceJob,
    how: { text: string; seen: ServiceAnswer; proof: Proof; reason: string },
  ): Promise<ServiceAnswer> {
    this.#loaded.forget(job.id);
    const file = { path: this.jobs.fileOf(job.id), text: how.text, job };
    const written = writeJob(this.deps, file);
    this.jobs.forget();
    if (written !== null) return written;
    const unit = unitOf(job.id);
    const longMs = this.deps.limits.exitMs;
    const saidBefore = saidUntil(this.deps.files, job);
    const steps = [["daemon-reload"], ["enable", unit], ["reset-failed", unit], ["restart", unit]];
    for (const step of steps) {
      const called = await this.#systemctl.call(step, longMs);
      // A unit that has not failed has nothing to reset.
      if (!called.ok && step[0] !== "reset-failed") {
        return this.#notStarted(called, job, saidBefore);
      }
    }
    this.#loaded.note(job.id, how.text);
    const pid = "job" in how.seen ? how.seen.job.pid : null;
    const notPid = pid === null ? {} : { notPid: pid };
    return this.#prove(job, how.proof, { reason: how.reason, saidBefore, ...notPid });
  }

  #prove(
    job: ServiceJob,
    proof: Proof,
    how: Pick<ProveSpec, "reason" | "notPid" | "saidBefore">,
  ): Promise<ServiceAnswer> {
    const query = () => this.query(job.id);
    return prove(this.deps, { job, query, proof, ...how });
  }

  async start(job: ServiceJob, proof: Proof): Promise<ServiceAnswer> {
    const before = await this.#before(job);
    if ("state" in before) return before;
    if (!this.#isLoadedAs(job, before.text)) return this.install(job, proof);
    const { seen } = before;
    if (seen.state === "loaded" && seen.job.pid !== null) {
      const proved = await this.#prove(job, proof, { reason: seen.reason });
      return proved.state === "loaded" ? { ...proved, state: "already-loaded" } : proved;
    }
    const unit = unitOf(job.id);
    const saidBefore = saidUntil(this.deps.files, job);
    await this.#systemctl.call(["reset-failed", unit]);
    const called = await this.#systemctl.call(["start", unit], this.deps.limits.exitMs);
    if (!called.ok) return this.#notStarted(called, job, saidBefore);
    return this.#prove(job, proof, { reason: "started, and it answers", saidBefore });
  }

  /** A program that ends at once may do so before systemd counts it as started. */
  #notStarted(called: Called, job: ServiceJob, saidBefore: number): ServiceAnswer {
    const answer = refused(called);
    if (answer.state !== "failed") return answer;
    const words = lastWords(this.deps.files, job, saidBefore);
    return { ...answer, stderr: `${answer.stderr}\n${words}`.trim() };
  }

  async restart(job: ServiceJob, proof: Proof): Promise<ServiceAnswer> {
    const before = await this.#before(job);
    if ("state" in before) return before;
    const reason = "started anew, and it answers";
    return this.#reload(job, { ...before, proof, reason });
  }

  async stop(id: JobId): Promise<ServiceAnswer> {
    const against = this.#refusal(id);
    if (against !== null) return against;
    const seen = await this.query(id);
    if (seen.state === "unknown") return seen;
    if (!("job" in seen)) return { state: "not-loaded", reason: seen.reason };
    const elsewhere = this.#elsewhere(id, seen);
    if (elsewhere !== null) return elsewhere;
    const longMs = this.deps.limits.exitMs + this.deps.limits.drainExtraMs;
    const called = await this.#systemctl.call(["stop", unitOf(id)], longMs);
    if (!called.ok) return refused(called);
    return this.#gone(id, longMs);
  }

  async #gone(id: JobId, withinMs: number): Promise<ServiceAnswer> {
    const { clock } = this.deps;
    const until = clock.mono() + withinMs;
    for (;;) {
      const seen = await this.query(id);
      const pid = "job" in seen ? seen.job.pid : null;
      if (seen.state !== "unknown" && seen.state !== "draining" && pid === null) {
        return { state: "not-loaded", reason: "ended; its unit stays" };
      }
      if (clock.mono() >= until) return seen;
      await clock.sleep(GONE_POLL_MS);
    }
  }

  async remove(id: JobId): Promise<ServiceAnswer> {
    const stopped = await this.stop(id);
    if (stopped.state !== "not-loaded") return stopped;
    const path = this.jobs.fileOf(id);
    if (this.jobs.ownerOf(id).owner === "ours") {
      const disabled = await this.#systemctl.call(["disable", unitOf(id)]);
      if (!disabled.ok) return refused(disabled);
      const gone = this.deps.files.remove(path);
      dropHalfWritten(this.deps, dirname(path));
      this.jobs.forget();
      if (gone.state === "failed") return failed(`${path} cannot be deleted: ${gone.detail}`);
    }
    this.#loaded.forget(id);
    await this.#systemctl.call(["daemon-reload"]);
    await this.#systemctl.call(["reset-failed", unitOf(id)]);
    return { state: "not-loaded", reason: `ended, and ${path} deleted` };
  }

  #refusal(id: JobId): ServiceAnswer | null {
    return refusal(this.jobs.ownerOf(id), this.jobs.fileOf(id));
  }
}

function refused(called: Called): ServiceAnswer {
  const next = "systemctl --user status, or journalctl --user -e";
  if (called.code === null) return { state: "unknown", reason: called.detail, next };
  const { code: exitCode, stderr } = called;
  const reason = `systemd refused it: ${called.detail}`;
  return { state: "failed", exitCode, stderr, reason, next };
}

const failed = (reason: string): ServiceAnswer => ({
  state: "failed",
  exitCode: null,
  stderr: "",
  reason,
  next: "iapeer doctor",
});
