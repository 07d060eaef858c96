// Everything that can be tuned, parsed once (flags over environment over file) and frozen.
// The environment's names are in formats/config.ts.

export interface Config {
  readonly root: string;
  readonly idleMs: number;
  readonly bootDeadlineMs: number;
  readonly readyGateMs: number;
  readonly crashLoopMax: number;
  readonly crashLoopWindowMs: number;
  readonly ephemeralQuietMs: number;
  readonly ephemeralUnarmedIdleMs: number;
  readonly tickMs: number;
  /** How long a witness has before the daemon records an end itself (lifecycle §5). */
  readonly witnessGraceMs: number;
  readonly restartFirstMs: number;
  readonly restartMaxMs: number;
  readonly restartHealthyMs: number;
  readonly restartResetMs: number;
  readonly incidentWindowMs: number;
  readonly clockJumpMs: number;
  readonly launchConcurrency: number;
  readonly lifecycleLog: LogLimits;
  readonly exitsLog: LogLimits;
  readonly deliveryLog: LogLimits;
  readonly paneLogMaxBytes: number;
  readonly paneLogKeep: number;
  readonly paneLogBudgetBytes: number;
  readonly paneLogMaxAgeMs: number;
  readonly forensicsKeep: number;
  readonly verboseSupervise: boolean;
  /** `auto` picks the kernel's own mechanism; the others force one (tests, odd kernels). */
  readonly deathWatch: "auto" | "pidfd" | "kqueue" | "sweep";
  readonly sweepMs: number;
  readonly tmuxPath: string;
  readonly launchctlPath: string;
  readonly systemctlPath: string;
  /** One run of a memory provider's command, to its end. */
  readonly provisionTimeoutMs: number;
}

export interface LogLimits {
  readonly maxBytes: number;
  readonly keep: number;
}

const MINUTE = 60_000;
const MIB = 1024 * 1024;
const LOG: LogLimits = { maxBytes: 5 * MIB, keep: 5 };

export const defaultConfig = (root: string): Config => ({
  root,
  idleMs: 60 * MINUTE,
  bootDeadlineMs: 4 * MINUTE,
  readyGateMs: 2 * MINUTE,
  crashLoopMax: 3,
  crashLoopWindowMs: 5 * MINUTE,
  ephemeralQuietMs: 20_000,
  ephemeralUnarmedIdleMs: 10 * MINUTE,
  tickMs: MINUTE,
  witnessGraceMs: 1000,
  restartFirstMs: 1000,
  restartMaxMs: 5 * MINUTE,
  restartHealthyMs: 10_000,
  restartResetMs: 10 * MINUTE,
  incidentWindowMs: 1000,
  clockJumpMs: 5000,
  launchConcurrency: 4,
  lifecycleLog: LOG,
  exitsLog: LOG,
  deliveryLog: LOG,
  paneLogMaxBytes: 16 * MIB,
  paneLogKeep: 2,
  paneLogBudgetBytes: 512 * MIB,
  paneLogMaxAgeMs: 14 * 24 * 60 * MINUTE,
  forensicsKeep: 50,
  verboseSupervise: false,
  deathWatch: "auto",
  sweepMs: 250,
  tmuxPath: "tmux",
  launchctlPath: "/bin/launchctl",
  systemctlPath: "systemctl",
  provisionTimeoutMs: 2 * MINUTE,
});
