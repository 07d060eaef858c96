// A service manager's own program as its answers alone, over real files and without a process: what
// shows what a manager decides, in no time, on any host.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { monoMs } from "../../src/core/brand.ts";
import { daemonJob } from "../../src/core/service-job.ts";
import { DAEMON_JOB, type ServiceJob } from "../../src/core/service.ts";
import type { ManagerDeps } from "../../src/managers/deps.ts";
import type { RunOutcome, RunSpec } from "../../src/ports/exec.ts";
import type { Proof, ServiceManager } from "../../src/ports/service-manager.ts";
import { managerDeps } from "../contract/manager-place.ts";
import { must } from "../flows/root-host.ts";
import { PLACE } from "../formats/job-samples.ts";

export const VERBS = ["install", "start", "restart", "stop", "remove"] as const;
export type ManagerVerb = (typeof VERBS)[number];

export abstract class ManagerScene {
  /** Every call that changes anything, in order. */
  readonly asked: string[] = [];
  /** How each verb ends; 0 where nothing is said, null: it never does. */
  readonly codes = new Map<string, number | null>();
  /** Who answers; 0: it does not say who; null: nobody. */
  answers: number | null = null;
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), "iap-scene-")));
  readonly job: ServiceJob;
  readonly manager: ServiceManager;
  /** How long was waited in all, milliseconds. */
  waitedMs = 0;
  /** The longest that a call was given. */
  givenMs = 0;
  /** Nothing can be deleted. */
  isDenied = false;
  protected pid = 41;

  constructor(create: (deps: ManagerDeps) => ServiceManager) {
    const root = join(this.dir, "root");
    const deps = managerDeps({ home: join(this.dir, "home"), root });
    const logs = { stdout: join(root, "logs/out.log"), stderr: join(root, "logs/out.log") };
    this.job = { ...daemonJob({ ...PLACE, root }), ...logs };
    const sleep = (ms: number) => {
      this.waitedMs += ms;
      return Promise.resolve();
    };
    this.manager = create({
      ...deps,
      uid: 501,
      files: {
        ...ownedBy(deps.files, 501),
        remove: (path) => (this.isDenied ? DENIED : deps.files.remove(path)),
      },
      clock: { ...deps.clock, mono: () => monoMs(this.waitedMs), sleep },
      exec: { ...deps.exec, run: (spec) => this.#run(spec) },
    });
  }

  protected abstract run(spec: RunSpec): RunOutcome;

  #run(spec: RunSpec): Promise<RunOutcome> {
    this.givenMs = Math.max(this.givenMs, spec.timeoutMs);
    return Promise.resolve(this.run(spec));
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  get path(): string {
    return this.manager.fileOf(DAEMON_JOB) ?? "";
  }

  /** What was last handed to the manager. */
  get note(): string {
    return join(this.dir, "root/state/iapeer/jobs/com.iapeer.daemon.loaded");
  }

  ask(verb: ManagerVerb) {
    const { manager, job, proof } = this;
    if (verb === "stop" || verb === "remove") return manager[verb](DAEMON_JOB);
    return manager[verb](job, proof);
  }

  readonly proof: Proof = () => {
    const { answers } = this;
    const silent = { state: "silent", detail: "nobody answers" } as const;
    return Promise.resolve(answers === null ? silent : { state: "answers", pid: answers || null });
  };

  /** As an install left it, and running. */
  async installed(): Promise<this> {
    this.answers = this.pid + 1;
    await this.ask("install");
    this.asked.length = 0;
    this.waitedMs = 0;
    return this;
  }

  /** A file of ours that the manager was not told of by us. */
  written(): this {
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, must(this.manager.render(this.job)));
    return this;
  }

  /** A call that changes something, and how it ended; null: it was done. */
  protected called(verb: string, args: readonly string[]): RunOutcome | null {
    this.asked.push([verb, ...args].join(" "));
    const code = this.codes.get(verb) ?? (this.codes.has(verb) ? null : 0);
    if (code === 0) return null;
    return code === null
      ? { ...DONE, state: "timeout", exitCode: null }
      : { ...DONE, state: "failed", exitCode: code, stderr: `no ${verb} today` };
  }
}

export const DONE: RunOutcome = {
  state: "ok",
  exitCode: 0,
  signal: null,
  stdout: "",
  stderr: "",
  ms: 1,
};

const DENIED = { state: "failed", code: "EPERM", detail: "not permitted" } as const;

/** Whoever runs the tests: root has no agents. */
function ownedBy(files: ManagerDeps["files"], uid: number): ManagerDeps["files"] {
  return {
    ...files,
    stat: (path) => {
      const found = files.stat(path);
      return found.state === "ok" ? { ...found, uid } : found;
    },
  };
}
