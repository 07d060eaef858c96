// The nouns of the memory-provider contract: the slot, what its declaration says, the occasions
// on which its commands are called, and what came of a call.

import type { Identity, Personality, RuntimeName } from "./names.ts";

/** `{command, args[]}`: an absolute program and its arguments, with placeholders in them. */
export interface ProvisionCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** v1.1, deprecated: a plugin of the runtimes' own plugin systems. */
export interface ProviderPlugin {
  readonly name: string;
  readonly marketplace: string;
  readonly marketplaceRef: string;
}

/** `~/.iapeer/memory-provider.json`, with nothing in it that could not be used. */
export interface ProviderDeclaration {
  readonly provider: string;
  readonly package: string;
  readonly version: string;
  /** As it was written: an ISO date. */
  readonly registeredAt?: string;
  /** Absolute path; its mtime is refreshed by the provider's daemon. */
  readonly heartbeat?: string;
  readonly plugin?: ProviderPlugin;
  readonly provision?: ProvisionCommand;
  readonly unprovision?: ProvisionCommand;
}

/** A block, field or key of a declaration that counts as absent, and why. */
export interface IgnoredPart {
  readonly part: string;
  readonly reason: string;
}

/** `ignored`: a file is there, and the slot is empty all the same. */
export type SlotReading =
  | { readonly state: "empty" }
  | { readonly state: "ignored"; readonly reason: string }
  | {
      readonly state: "occupied";
      readonly declaration: ProviderDeclaration;
      readonly ignored: readonly IgnoredPart[];
    };

/** When a provider is called. */
export type Occasion = "birth" | "sweep-on" | "off-peer" | "off-all" | "remove";

export type Direction = "provision" | "unprovision";

/** What a placeholder in an argument stands for. */
export interface ProvisionFacts {
  readonly cwd: string;
  readonly runtime: RuntimeName;
  readonly personality: Personality;
  readonly occasion: Occasion;
}

export type ProvisionState = "ok" | "failed" | "timeout" | "not-executable";

/** What one run of a command came to. */
export interface ProvisionOutcome {
  readonly state: ProvisionState;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last 400 characters of stderr; of a command that never ran, why. */
  readonly detail: string;
  readonly durationMs: number;
  readonly argv: readonly string[];
}

/**
 * What became of one presence. `refused`: the provider has no command for this direction;
 * `skipped`: nothing had to be done, and `detail` says why.
 */
export interface PresenceProvision extends Omit<ProvisionOutcome, "state"> {
  readonly identity: Identity;
  readonly runtime: RuntimeName;
  readonly state: ProvisionState | "refused" | "skipped" | "interrupted";
}

/** `gone`: no longer registered when its turn came. */
export type PeerProvisionState =
  | "done"
  | "failed"
  | "interrupted"
  | "not-started"
  | "gone"
  | "skipped-no-agentic-runtime";

/** What became of one peer: of its presences in agentic runtimes, one after the other. */
export interface PeerProvision {
  readonly personality: Personality;
  readonly state: PeerProvisionState;
  readonly runtimes: readonly PresenceProvision[];
}
