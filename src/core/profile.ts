// What is declared about a peer (storage contract). The profile in the peer's folder is the
// truth; the registry is its projection.

import {
  identityOf,
  type Identity,
  type Intelligence,
  type Personality,
  type RuntimeName,
} from "./names.ts";

export type WakePolicy = "warm" | "ephemeral";

/** For the `command` runtime: any argv the operator declares. */
export interface DeclaredCommand {
  readonly argv: readonly string[];
  /** Regular expression that the screen matches once ready; absent: alive for 300 ms. */
  readonly ready?: string;
}

/** `<peer folder>/.iapeer/peer-profile.json`. Unknown fields are kept as they are. */
export interface Profile {
  readonly personality: Personality;
  readonly runtimes: readonly RuntimeName[];
  readonly default_runtime: RuntimeName;
  /** At most 450 characters. */
  readonly description: string;
  readonly intelligence: Intelligence;
  readonly initial_prompt?: string;
  readonly wake_policy: WakePolicy;
  readonly always_on: boolean;
  readonly command?: DeclaredCommand;
  readonly interfaces: Readonly<Record<string, unknown>>;
  readonly env_file?: string;
}

/** One peer in `peers-profiles.json`: its profile and where its folder is. */
export interface RegistryEntry extends Profile {
  /** Absolute path of the peer's working folder. */
  readonly cwd: string;
}

export interface Registry {
  readonly version: 1;
  readonly peers: readonly RegistryEntry[];
}

/** A peer that talks with people resumes whatever the topic (lifecycle §3). */
export const isHumanFacing = (profile: Profile): boolean =>
  profile.interfaces["telegram"] !== undefined;

/** One presence of a registered peer. */
export interface Presence {
  readonly identity: Identity;
  readonly runtime: RuntimeName;
  readonly peer: RegistryEntry;
}

export const presencesOf = (peers: readonly RegistryEntry[]): readonly Presence[] =>
  peers.flatMap((peer) =>
    peer.runtimes.map((runtime) => ({
      identity: identityOf(runtime, peer.personality),
      runtime,
      peer,
    })),
  );

export const identitiesOf = (peers: readonly RegistryEntry[]): readonly Identity[] =>
  presencesOf(peers).map(({ identity }) => identity);
