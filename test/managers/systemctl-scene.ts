// A user manager that keeps one unit, as far as `systemctl --user` tells of it, over real files and
// without a process: what a host without one can show of the manager's decisions.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { monoMs } from "../../src/core/brand.ts";
import { daemonJob } from "../../src/core/service-job.ts";
import { DAEMON_JOB, type ServiceJob } from "../../src/core/service.ts";
import { createSystemd } from "../../src/managers/systemd/manager.ts";
import type { RunOutcome, RunSpec } from "../../src/ports/exec.ts";
import type { Proof, ServiceManager } from "../../src/ports/service-manager.ts";
import { managerDeps } from "../contract/manager-place.ts";
import { must } from "../flows/root-host.ts";
import { PLACE } from "../formats/job-samples.ts";

export const UNIT = "iapeer-daemon.service";

/** Values of `systemctl show`; without any it says nothing at all. */
type Shown = Readonly<Record<string, string>>;

export const RUNNING: Shown = { LoadState: "loaded", ActiveState: "active", MainPID: "41" };
export const IDLE: Shown = { LoadState: "loaded", ActiveState: "inactive", MainPID: "0" };
export const FAILED: Shown = { ...IDLE, ActiveState: "failed" };
export const ENDING: Shown = { ...RUNNING, ActiveState: "deactivating" };
const NOTHING: Shown = { LoadState: "not-found", ActiveState: "inactive", MainPID: "0" };

export class SystemctlScene {
  shown: Shown = NOTHING;
  /** Every call but `show`, in order: what changes anything. */
  readonly asked: string[] = [];
  /** How each verb ends; 0 where nothing is said, null: it never does. */
  readonly codes = new Map<string, number | null>();
  /** What becomes of the unit by a verb. */
  readonly turns = new Map<string, Shown>();
  /** Who answers; 0: it does not say who; null: nobody. */
  answers: number | null = null;
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), "iap-systemctl-")));
  readonly job: ServiceJob;
  readonly manager: ServiceManager;
  #now = 0;
  #pid = 41;

  constructor() {
    const root = join(this.dir, "root");
    const deps = managerDeps({ home: join(this.dir, "home"), root });
    const logs = { stdout: join(root, "logs/out.log"), stderr: join(root, "logs/out.log") };
    this.job = { ...daemonJob({ ...PLACE, root }), ...logs };
    const sleep = (ms: number) => {
      this.#now += ms;
      return Promise.resolve();
    };
    this.manager = createSystemd({
      ...deps,
      clock: { ...deps.clock, mono: () => monoMs(this.#now), sleep },
      exec: { ...deps.exec, run: (spec) => Promise.resolve(this.#run(spec)) },
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  get path(): string {
    return this.manager.fileOf(DAEMON_JOB) ?? "";
  }

  /** What was last handed to systemd. */
  get note(): string {
    return join(this.dir, "root/state/iapeer/jobs/com.iapeer.daemon.loaded");
  }

  readonly proof: Proof = () => {
    const { answers } = this;
    const silent = { state: "silent", detail: "nobody answers" } as const;
    return Promise.resolve(answers === null ? silent : { state: "answers", pid: answers || null });
  };

  /** As an install left it, and running. */
  async installed(): Promise<this> {
    this.answers = this.#pid + 1;
    await this.manager.install(this.job, this.proof);
    this.asked.length = 0;
    return this;
  }

  /** A unit of ours on disk that systemd was not told of by us. */
  written(): this {
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, must(this.manager.render(this.job)));
    return this;
  }

  #run({ argv }: RunSpec): RunOutcome {
    const [, , verb = ""] = argv;
    if (verb === "show") return this.#show(argv.at(-1) === UNIT);
    this.asked.push(argv.slice(2).join(" "));
    const code = this.codes.get(verb) ?? (this.codes.has(verb) ? null : 0);
    const said = { exitCode: code, signal: null, stdout: "", ms: 1 };
    if (code === null) return { ...said, state: "timeout", stderr: "" };
    if (code !== 0) return { ...said, state: "failed", stderr: `no ${verb} today` };
    this.shown = this.turns.get(verb) ?? this.#by(verb);
    return { ...said, state: "ok", stderr: "" };
  }

  #by(verb: string): Shown {
    if (verb === "stop") return IDLE;
    if (verb !== "start" && verb !== "restart") return this.shown;
    this.#pid += 1;
    return { ...RUNNING, MainPID: String(this.#pid) };
  }

  /** Without a unit's name it is the manager itself that is shown. */
  #show(isUnit: boolean): RunOutcome {
    const lines = Object.entries({ FragmentPath: this.path, ...this.shown });
    const isMute = !isUnit || Object.keys(this.shown).length === 0;
    const stdout = isMute ? "" : lines.map(([key, value]) => `${key}=${value}\n`).join("");
    return { state: "ok", exitCode: 0, signal: null, stdout, stderr: "", ms: 1 };
  }
}
