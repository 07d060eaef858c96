// What a service manager holds up, and everything it can be found to say (service-manager
// contract). The names of jobs are declared here once: what is `managed` is told by them.

import type { Personality } from "./names.ts";

export const MANAGERS = ["launchd", "systemd", "embedded"] as const;
export type ManagerName = (typeof MANAGERS)[number];

export type JobId =
  | { readonly kind: "daemon" }
  | { readonly kind: "peer"; readonly personality: Personality };

export const DAEMON_JOB: JobId = { kind: "daemon" };
export const peerJobId = (personality: Personality): JobId => ({ kind: "peer", personality });

/** launchd's label. */
export const labelOf = (id: JobId): string =>
  id.kind === "daemon" ? "com.iapeer.daemon" : `com.iapeer.peer.${id.personality}`;

/** systemd's unit. */
export const unitOf = (id: JobId): string =>
  id.kind === "daemon" ? "iapeer-daemon.service" : `iapeer-peer-${id.personality}.service`;

/** A program that a service manager keeps running. Every path is absolute; no value is secret. */
export interface ServiceJob {
  readonly id: JobId;
  /** The root that it belongs to: another root's job of the same name is not ours. */
  readonly root: string;
  readonly description: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdout: string;
  readonly stderr: string;
  /** `on-failure`: a deliberate end, exit code 0, stays down. */
  readonly restart: "always" | "on-failure";
  /** Which build of iapeer it runs: launchd pins code identity, so another is loaded anew. */
  readonly build: string;
  readonly throttleSecs: number;
  readonly exitTimeoutSecs: number;
}

/** What a manager shows of a job that it has loaded. Null: not shown. */
export interface JobSeen {
  /** Alive means a pid. */
  readonly pid: number | null;
  /** The manager's own word: `running`, `spawn scheduled`, `activating (auto-restart)`. */
  readonly activity: string | null;
  /** `gui/501`, `user/501`. */
  readonly domain: string | null;
  /** Further domains in which it is loaded: there may be two of it. */
  readonly alsoIn: readonly string[];
  /** The file that it was loaded from. */
  readonly path: string | null;
  readonly runs: number | null;
  /** `1`, `78: EX_CONFIG`, `Killed: 9`. */
  readonly lastExit: string | null;
}

interface Said {
  /** One sentence for a person. */
  readonly reason: string;
  /** The command to type next, when something is to be done. */
  readonly next?: string;
}

/** `unknown` is a real answer: it cannot be told, which never means that nothing runs. */
export type ServiceAnswer =
  | (Said & { readonly state: "loaded" | "already-loaded" | "draining"; readonly job: JobSeen })
  | (Said & { readonly state: "not-loaded" | "disabled" | "unknown" })
  | (Said & { readonly state: "refused-foreign"; readonly path: string })
  | (Said & {
      readonly state: "failed";
      readonly exitCode: number | null;
      readonly stderr: string;
    });

export type ServiceState = ServiceAnswer["state"];

/** Out of the hands of a manager that holds nothing, whatever an install has recorded. */
export const WAY_OUT = "iapeer daemon install --manager embedded, or iapeer daemon uninstall";

/** Whose a job's file is, by the marks in it. */
export type JobOwner =
  | { readonly owner: "absent" | "ours" }
  | { readonly owner: "another-root"; readonly root: string }
  | { readonly owner: "foreign"; readonly detail: string };

/** Which manager was chosen, and each thing that was looked at on the way. */
export interface ManagerChoice {
  readonly manager: ManagerName;
  readonly trace: readonly ChoiceStep[];
  /** Chosen for no other reason than that an install has recorded it. */
  readonly isAsRecorded?: boolean;
  /** Why the manager cannot be asked for anything now; absent: it answers. */
  readonly unreached?: string;
}

export interface ChoiceStep {
  readonly probe: string;
  readonly saw: string;
  /** What follows from it. */
  readonly meant: string;
  /** It says nothing of what there is: its program gave no answer. */
  readonly isUntold?: true;
}

/** What asking a manager's own program came to. */
export type ProgramProbe =
  | { readonly state: "answers" }
  /** There is no such program. */
  | { readonly state: "absent" }
  /** It is there, and says that no manager of this user runs. */
  | { readonly state: "no-manager"; readonly detail: string }
  /** It did not answer, or not in a way that says anything. */
  | { readonly state: "unknown"; readonly detail: string };

/** All that the choice of a manager depends on. */
export interface ManagerProbes {
  /** `--manager`. */
  readonly asked: ManagerName | null;
  /** By an earlier install of this root. */
  readonly recorded: ManagerName | null;
  readonly platform: "linux" | "darwin";
  readonly uid: number;
  readonly launchctl: ProgramProbe;
  readonly systemctl: ProgramProbe;
}
