// Port: the host's service manager, which holds the daemon and always-on infrastructure peers
// (service-manager contract). A peer that it holds is one that the daemon only reads.

import type { Personality } from "../core/names.ts";
import type { Result } from "../core/result.ts";
import type { JobId, JobOwner, ManagerName, ServiceAnswer, ServiceJob } from "../core/service.ts";

/** What is asked of a job beside its pid before it counts as up. */
export type ProofState =
  /** It answers; `pid` is who answers, where that can be told. */
  | { readonly state: "answers"; readonly pid: number | null }
  /** `isFinal`: it was tried and came to nothing; waiting for it says no more. */
  | { readonly state: "silent"; readonly detail: string; readonly isFinal?: boolean };

export type Proof = () => Promise<ProofState>;

/** No verb throws, and each is bounded in time, whatever the manager's own program does. */
export interface ServiceManager {
  readonly name: ManagerName;
  /** It is on this host, for this user; else it holds nothing, and can hold nothing. */
  isThere(): boolean;
  /** A plist or unit, this root's or a foreign one, names this peer. Cheap: asked every tick. */
  manages(personality: Personality): boolean;
  /** The path of a job's plist or unit; null: this manager keeps none. */
  fileOf(id: JobId): string | null;
  ownerOf(id: JobId): JobOwner;
  /** Jobs that have a file here, this root's and others'. */
  held(): readonly JobId[];
  /** Pure. The error names what cannot be written. */
  render(job: ServiceJob): Result<string>;
  /** Writes and loads it. `loaded` means a pid that stays and a proof that answers. */
  install(job: ServiceJob, proof: Proof): Promise<ServiceAnswer>;
  /** Ends it and deletes its file; a file that is not this root's is `refused-foreign`. */
  remove(id: JobId): Promise<ServiceAnswer>;
  start(job: ServiceJob, proof: Proof): Promise<ServiceAnswer>;
  /** Ends it; the file stays. */
  stop(id: JobId): Promise<ServiceAnswer>;
  restart(job: ServiceJob, proof: Proof): Promise<ServiceAnswer>;
  query(id: JobId): Promise<ServiceAnswer>;
}
