// A divergence between profiles, registry and state, as data: `verify` makes them, `verify --fix`
// and the command line read them (storage contract).

export type FindingCode =
  | "registry-lost"
  | "registry-corrupt"
  | "registry-unreadable"
  | "folder-missing"
  | "folder-moved"
  | "profile-missing"
  | "profile-corrupt"
  | "profile-unreadable"
  | "profile-renamed"
  | "profile-differs"
  | "runtime-unknown"
  | "launch-env-mode"
  | "launch-env-unusable"
  | "unregistered-folder"
  | "name-clash"
  | "unregistered-unusable"
  | "own-folder"
  | "doc-corrupt"
  | "doc-unreadable"
  | "rename-cut-off"
  | "orphan-state"
  | "orphan-session"
  | "copy-set-aside"
  | "temporary-file";

export interface Finding {
  readonly code: FindingCode;
  readonly severity: "error" | "warning";
  /** `verify --fix` puts it right; otherwise `next` is for a person. */
  readonly fixable: boolean;
  /** The file or folder. */
  readonly path: string;
  /** Personality or identity, where it is about one. */
  readonly peer?: string;
  readonly detail: string;
  readonly next: string;
}

export interface VerifyReport {
  readonly schema: "iapeer.verify.v1";
  readonly root: string;
  /** Number of registered peers. */
  readonly peers: number;
  readonly findings: readonly Finding[];
}

export const FIX = "iapeer verify --fix";
