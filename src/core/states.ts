// Every state, cause and reason that a person or a log can meet, each declared once
// (lifecycle contract §2, §3, §4, §5, §6).

/** Observed, never remembered; lifecycle §2. `failed` liveness is shown as `unknown`. */
export type PeerState =
  | "alive"
  | "asleep"
  | "stopped"
  | "managed"
  | "crash-looped"
  | "starting"
  | "unknown";

/** A query that failed, timed out or was refused is `unknown`, and unknown never kills. */
export type Liveness = "alive" | "dead" | "unknown";

export type WakeMode = "fresh" | "resume";

/** What asked for a wake; each has its own rows in the table of lifecycle §3. */
export type WakeTrigger =
  | "folder-launch"
  | "attach"
  | "new"
  | "message"
  | "start"
  | "always-on";

/** Why a wake went the way it did; lifecycle §3. `start*` and `always-on`: see docs/decisions. */
export type WakeCause =
  | "folder-launch"
  | "attach"
  | "new"
  | "soft-reload"
  | "ephemeral-policy"
  | "first-wake"
  | "crash-or-self-close"
  | "parked-human"
  | "parked-same-topic"
  | "parked-new-topic"
  | "parked-no-topic"
  | "start"
  | "start-parked"
  | "always-on"
  | "asked-fresh"
  | "asked-resume";

/** Why a wake was refused. */
export type RefusalCause =
  | "attach-nothing-to-resume"
  | "resume-nothing-to-resume"
  | "stopped"
  | "managed"
  | "crash-loop"
  | "unknown-peer"
  | "liveness-unknown"
  | "launch-failed";

/** Why we ended a session ourselves; lifecycle §5 (`ev=teardown … reason=`). */
export type TeardownReason =
  | "idle"
  | "stop"
  | "new"
  | "preclean"
  | "remove"
  | "rename"
  | "uninstall"
  | "ephemeral-done"
  | "ephemeral-backstop"
  | "launch-failed"
  | "session-gone"
  | "shutdown";

/** Why a life ended when nobody meant it to; lifecycle §5 and §6. */
export type ServerExitCause =
  | "signaled-server-gone"
  | "client-killed-server-gone"
  | "server-vanished"
  | "host-reboot"
  | "unwitnessed"
  | "launch-failed";

/** What kind of end a record describes; it is the `ev` of its line in exits.log. */
export type EndEvent = "teardown" | "session-exit" | "server-exit";

/** Who wrote an end record. */
export type EndWitness = "daemon" | "hook" | "canary" | "launcher" | "cli";

/** Lifecycle §4, line 3. */
export type DeathKind = "session-gone" | "server-dead";

/** What arming a canary came to; never an exception (lifecycle §6). */
export type CanaryState = "spawned" | "already" | "skipped" | "failed";

/** Why the tick did nothing about an identity; `iapeer why` shows these. */
export type InactionReason =
  | "managed"
  | "alive-working"
  | "asleep"
  | "stopped"
  | "crash-loop"
  | "back-off"
  | "attached"
  | "always-on"
  | "liveness-unknown"
  | "attached-unknown"
  | "idle-unknown"
  | "launching"
  | "settling"
  | "never-ran";
