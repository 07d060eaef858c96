// What every manager is built on, and the bounds of its waits. Tests shorten the bounds.

import type { Clock } from "../ports/clock.ts";
import type { Exec } from "../ports/exec.ts";
import type { Files } from "../ports/files.ts";
import type { Processes } from "../ports/processes.ts";

export interface ManagerDeps {
  readonly files: Files;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly root: string;
  /** Where what was last handed to the manager is remembered (`layout.jobsDir`). */
  readonly jobsDir: string;
  readonly home: string;
  readonly uid: number;
  readonly env: Readonly<Record<string, string>>;
  readonly launchctl: string;
  readonly systemctl: string;
  readonly limits: ManagerLimits;
}

export interface ManagerLimits {
  /** One call of the manager's own program. */
  readonly callMs: number;
  /** ExitTimeOut of every job: it gets KILL after this long. */
  readonly exitMs: number;
  /** After that, for a job that is being ended to be gone. */
  readonly drainExtraMs: number;
  /** `bootstrap` is tried again for this long while launchd is busy. */
  readonly busyMs: number;
  /** The first pause between two tries; each is longer than the one before. */
  readonly pauseMs: number;
  /** For a started job to prove itself. */
  readonly proofMs: number;
  /** A job that had a pid and lost it for this long waits in the manager's throttle. */
  readonly lostMs: number;
  /** The same pid for this long is a stable one. */
  readonly stableMs: number;
}

export const DEFAULT_LIMITS: ManagerLimits = {
  callMs: 10_000,
  exitMs: 20_000,
  drainExtraMs: 10_000,
  busyMs: 60_000,
  pauseMs: 100,
  proofMs: 30_000,
  lostMs: 1500,
  stableMs: 600,
};
