// launchd, as far as `launchctl` tells of one job in gui/501 and user/501.

import { createLaunchd } from "../../src/managers/launchd/manager.ts";
import type { RunOutcome, RunSpec } from "../../src/ports/exec.ts";
import { DONE, ManagerScene } from "./manager-scene.ts";

export const LABEL = "com.iapeer.daemon";
export const GUI = "gui/501";
export const USER = "user/501";

export interface Printed {
  readonly pid?: number;
  readonly state?: string;
  /** Default: our own file. */
  readonly path?: string;
  readonly runs?: number;
  readonly "last exit code"?: string;
}

export class LaunchctlScene extends ManagerScene {
  /** By domain; `mute`: launchd says nothing of use of it. */
  readonly jobs = new Map<string, Printed | "mute">();
  /** What `print-disabled` says. */
  switched = "";
  /** It is still there, whatever bootout or kickstart said. */
  isStuck = false;

  constructor() {
    super(createLaunchd);
  }

  protected override run({ argv }: RunSpec): RunOutcome {
    const [, verb = "", ...args] = argv;
    if (verb === "print") return this.#print(args[0] ?? "");
    if (verb === "print-disabled") return { ...DONE, stdout: this.switched };
    const against = this.called(verb, args);
    if (against !== null) return against;
    const [domain = ""] = (args.at(-1) ?? "").split(`/${LABEL}`);
    if (verb === "bootout" && !this.isStuck) this.jobs.delete(domain);
    if (verb === "bootstrap") this.#run(args[0] ?? "");
    if (verb === "kickstart" && !this.isStuck) this.#run(domain);
    return DONE;
  }

  #run(domain: string): void {
    this.pid += 1;
    this.jobs.set(domain, { pid: this.pid });
  }

  #print(target: string): RunOutcome {
    const failed = (exitCode: number): RunOutcome => ({ ...DONE, state: "failed", exitCode });
    if (target === GUI || target === USER) return DONE;
    const job = this.jobs.get(target.replace(`/${LABEL}`, ""));
    if (job === undefined) return failed(113);
    if (job === "mute") return failed(1);
    const shown = { state: "running", path: this.path, ...job };
    const lines = Object.entries(shown).map(([key, value]) => `\t${key} = ${value}\n`);
    return { ...DONE, stdout: lines.join("") };
  }
}
