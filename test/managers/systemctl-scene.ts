// A user manager that keeps one unit, as far as `systemctl --user` tells of it.

import { createSystemd } from "../../src/managers/systemd/manager.ts";
import type { RunOutcome, RunSpec } from "../../src/ports/exec.ts";
import { DONE, ManagerScene } from "./manager-scene.ts";

export const UNIT = "iapeer-daemon.service";

/** Values of `systemctl show`; without any it says nothing at all. */
type Shown = Readonly<Record<string, string>>;

export const RUNNING: Shown = { LoadState: "loaded", ActiveState: "active", MainPID: "41" };
export const IDLE: Shown = { LoadState: "loaded", ActiveState: "inactive", MainPID: "0" };
export const FAILED: Shown = { ...IDLE, ActiveState: "failed" };
/** Its main process may be gone before the unit is. */
export const ENDING: Shown = { ...RUNNING, ActiveState: "deactivating", MainPID: "0" };
const NOTHING: Shown = { LoadState: "not-found", ActiveState: "inactive", MainPID: "0" };

export class SystemctlScene extends ManagerScene {
  shown: Shown = NOTHING;
  /** One that is ending is gone after this long. */
  endsMs = Number.POSITIVE_INFINITY;
  /** What becomes of the unit by a verb. */
  readonly turns = new Map<string, Shown>();

  constructor() {
    super(createSystemd);
  }

  protected override run({ argv }: RunSpec): RunOutcome {
    const [, , verb = "", ...args] = argv;
    if (verb === "show") return this.#show(args.at(-1) === UNIT);
    const against = this.called(verb, args);
    if (against !== null) return against;
    this.shown = this.turns.get(verb) ?? this.#by(verb);
    return DONE;
  }

  #by(verb: string): Shown {
    if (verb === "stop") return IDLE;
    if (verb !== "start" && verb !== "restart") return this.shown;
    this.pid += 1;
    return { ...RUNNING, MainPID: String(this.pid) };
  }

  /** Without a unit's name it is the manager itself that is shown. */
  #show(isUnit: boolean): RunOutcome {
    if (this.shown === ENDING && this.waitedMs >= this.endsMs) this.shown = IDLE;
    const lines = Object.entries({ FragmentPath: this.path, ...this.shown });
    const isMute = !isUnit || Object.keys(this.shown).length === 0;
    return { ...DONE, stdout: isMute ? "" : lines.map((pair) => `${pair.join("=")}\n`).join("") };
  }
}
