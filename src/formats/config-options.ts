// The table of everything that can be tuned (lifecycle §4, §8): the environment's name, the file's
// key, the unit, the bounds and the meaning of each. docs/reference.md is rendered from it.

import { type Config, defaultConfig, type LogLimits } from "../core/config.ts";

type LogField = "lifecycleLog" | "exitsLog" | "deliveryLog";

/** A place in Config; the two limits of a log have a path of two steps. */
export type ConfigField =
  | Exclude<keyof Config, "root" | LogField>
  | `${LogField}.${keyof LogLimits}`;

/** `duration` is typed in seconds (or with a unit) and kept in milliseconds. */
export type ConfigUnit = "duration" | "bytes" | "count" | "switch" | "choice" | "program";

export interface ConfigOption {
  /** Environment variable. */
  readonly name: string;
  /** Key in `config.json`. */
  readonly key: string;
  readonly field: ConfigField;
  readonly unit: ConfigUnit;
  /** In the field's own unit: milliseconds for a duration. */
  readonly default: string | number | boolean;
  readonly least?: number;
  readonly most?: number;
  /** Only for `choice`. */
  readonly choices?: readonly string[];
  readonly meaning: string;
}

interface Row {
  readonly unit: ConfigUnit;
  readonly name: string;
  readonly least?: number;
  readonly most?: number;
  readonly choices?: readonly string[];
  readonly meaning: string;
}

const seconds = (name: string, meaning: string, least = 0): Row => ({
  unit: "duration",
  name: `${name}_SECS`,
  meaning,
  least,
});
const count = (name: string, meaning: string, least = 1): Row => ({
  unit: "count",
  name,
  meaning,
  least,
  most: 1_000_000,
});
const bytes = (name: string, meaning: string): Row => ({
  unit: "bytes",
  name: `${name}_BYTES`,
  meaning,
  least: 1,
});

const ROWS: Readonly<Record<ConfigField, Row>> = {
  idleMs: seconds("IDLE", "A peer with nobody attached is parked after this long without a sign"),
  bootDeadlineMs: seconds("BOOT_DEADLINE", "A launch fails unless the peer is up within", 1),
  readyGateMs: seconds("READY_GATE", "A launch fails unless the peer is ready within", 1),
  crashLoopMax: count("CRASHLOOP_MAX", "This many deaths within the window stop relaunches"),
  crashLoopWindowMs: seconds("CRASHLOOP_WINDOW", "The window of the crash-loop guard"),
  ephemeralQuietMs: seconds(
    "EPHEMERAL_QUIET",
    "An ephemeral peer that has replied is reaped after this long without a sign",
  ),
  ephemeralUnarmedIdleMs: seconds(
    "EPHEMERAL_UNARMED_IDLE",
    "An ephemeral peer that has not replied is reaped after this long without a sign",
  ),
  tickMs: seconds("TICK", "Period of the supervise pass, the backstop of the exit watch", 10),
  witnessGraceMs: seconds("WITNESS_GRACE", "How long a witness has to record an end it saw"),
  restartFirstMs: seconds("RESTART_FIRST", "First delay of the restart back-off"),
  restartMaxMs: seconds("RESTART_MAX", "Longest delay of the restart back-off"),
  restartHealthyMs: seconds("RESTART_HEALTHY", "A life this long is restarted at once"),
  restartResetMs: seconds("RESTART_RESET", "A life this long resets the restart back-off"),
  incidentWindowMs: seconds("INCIDENT_WINDOW", "Deaths this close together are one incident"),
  clockJumpMs: seconds("CLOCK_JUMP", "A wall clock that shifts by more than this has jumped", 1),
  launchConcurrency: {
    ...count("LAUNCH_CONCURRENCY", "Launches that may be under way at once"),
    most: 256,
  },
  "lifecycleLog.maxBytes": bytes("LIFECYCLE_LOG_MAX", "lifecycle.log is rotated at this size"),
  "lifecycleLog.keep": count("LIFECYCLE_LOG_KEEP", "Rotated files of lifecycle.log to keep"),
  "exitsLog.maxBytes": bytes("EXITS_LOG_MAX", "exits.log is rotated at this size"),
  "exitsLog.keep": count("EXITS_LOG_KEEP", "Rotated files of exits.log to keep"),
  "deliveryLog.maxBytes": bytes("DELIVERY_LOG_MAX", "delivery.log is rotated at this size"),
  "deliveryLog.keep": count("DELIVERY_LOG_KEEP", "Rotated files of delivery.log to keep"),
  paneLogMaxBytes: bytes("PANE_LOG_MAX", "A pane log is copied and emptied at this size"),
  paneLogKeep: count("PANE_LOG_KEEP", "Copies of a pane log to keep", 0),
  paneLogBudgetBytes: bytes("PANE_LOG_BUDGET", "Above this size together old ones go, none in use"),
  paneLogMaxAgeMs: seconds("PANE_LOG_MAX_AGE", "Pane logs untouched for this long are removed"),
  forensicsKeep: count("FORENSICS_KEEP", "The newest forensics files to keep", 0),
  verboseSupervise: {
    unit: "switch",
    name: "SUPERVISE_LOG_VERBOSE",
    meaning: "Log steady states too: alive, skipped-managed",
  },
  deathWatch: {
    unit: "choice",
    name: "DEATH_WATCH",
    choices: ["auto", "pidfd", "kqueue", "sweep"],
    meaning: "How deaths are noticed; auto takes the kernel's own mechanism",
  },
  sweepMs: seconds("SWEEP", "Period of the sweep, where no kernel mechanism works", 10),
  tmuxPath: { unit: "program", name: "TMUX", meaning: "The tmux program, by name or path" },
  launchctlPath: {
    unit: "program",
    name: "LAUNCHCTL",
    meaning: "launchd's own program, by name or path",
  },
  systemctlPath: {
    unit: "program",
    name: "SYSTEMCTL",
    meaning: "systemd's own program, by name or path",
  },
  provisionTimeoutMs: {
    ...count("PROVISION_TIMEOUT_MS", "A memory provider's command is ended after this many ms"),
    most: 24 * 3_600_000,
  },
};

/** The value at a field's path. */
export function configValue(config: Config, field: ConfigField): string | number | boolean {
  switch (field) {
    case "lifecycleLog.maxBytes":
      return config.lifecycleLog.maxBytes;
    case "lifecycleLog.keep":
      return config.lifecycleLog.keep;
    case "exitsLog.maxBytes":
      return config.exitsLog.maxBytes;
    case "exitsLog.keep":
      return config.exitsLog.keep;
    case "deliveryLog.maxBytes":
      return config.deliveryLog.maxBytes;
    case "deliveryLog.keep":
      return config.deliveryLog.keep;
    default:
      return config[field];
  }
}

const DEFAULTS = defaultConfig("");

export const CONFIG_OPTIONS: readonly ConfigOption[] = (
  Object.entries(ROWS) as [ConfigField, Row][]
).map(([field, row]) => ({
  ...row,
  name: `IAPEER_${row.name}`,
  key: row.name.toLowerCase(),
  field,
  default: configValue(DEFAULTS, field),
}));
