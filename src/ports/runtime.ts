// Port: one way for a peer to be present (lifecycle §1, §7); one implementation a runtime.

import type { WallMs } from "../core/brand.ts";
import type { Identity, Intelligence, RuntimeName } from "../core/names.ts";
import type { RegistryEntry } from "../core/profile.ts";
import type { Direction, Occasion, ProviderPlugin } from "../core/provider.ts";
import type { WakeMode } from "../core/states.ts";

/** Declared, so that nothing outside an adapter's folder asks for a runtime's name. */
export interface RuntimeTraits {
  /** Has conversations that can be resumed, and takes messages as turns. */
  readonly agentic: boolean;
  /** Started as `<runtime>-runtime run`, usually always on. */
  readonly infrastructure: boolean;
  readonly usesDoctrine: boolean;
  readonly defaultIntelligence: Intelligence;
  /** Said plainly at `create`, when the runtime runs with its guards off. */
  readonly bypassWarning?: string;
}

export interface LaunchFacts {
  readonly identity: Identity;
  readonly peer: RegistryEntry;
  readonly mode: WakeMode;
  /** What findResumable returned; only in mode `resume`. */
  readonly resumable?: Resumable;
  /** Composed system prompt; undefined when every layer is empty or the runtime uses none. */
  readonly doctrinePath?: string;
  /** Parsed `launch.env` and `env_file` of this peer. */
  readonly launchEnv: Readonly<Record<string, string>>;
  readonly home: string;
}

export interface LaunchPlan {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ready: ReadyRule;
}

/** When a launch counts as ready. */
export type ReadyRule =
  | { readonly by: "screen" }
  | { readonly by: "alive"; readonly forMs: number };

export type LaunchRefusal = { readonly refused: string; readonly next: string };

/** What a screen shows. `keys` pass a first-run dialog whose answer is known and safe. */
export type Screen =
  | { readonly shows: "ready" }
  | { readonly shows: "dialog"; readonly name: string; readonly keys: readonly string[] | null }
  | { readonly shows: "busy" }
  | { readonly shows: "wait" };

/** Opaque to all but the adapter; stored nowhere. */
export interface Resumable {
  readonly ref: string;
  readonly lastActiveWall: WallMs;
}

/** The text after a change; a reason when the file has to be left as it is. */
export type SettingEdit = string | { readonly leave: string };

/**
 * The runtime's own memory: one setting in a file of the peer's folder. Pure, and every byte
 * that is not the setting stays. A missing file is an empty text.
 */
export interface NativeMemory {
  path(cwd: string): string;
  /** Null: the text is not understood. */
  read(text: string): "on" | "off" | "unset" | null;
  write(text: string, value: "on" | "off"): SettingEdit;
}

export interface PluginCall {
  readonly plugin: ProviderPlugin;
  readonly occasion: Occasion;
  readonly direction: Direction;
  readonly launchEnv: Readonly<Record<string, string>>;
}

/** What to run, in this order, in the peer's folder; or why nothing. */
export type PluginSteps =
  | {
      readonly steps: readonly (readonly string[])[];
      readonly env: Readonly<Record<string, string>>;
      /** What a step says on stderr when it fails because there is nothing to do. */
      readonly alreadyDone?: RegExp;
    }
  | { readonly skip: string };

/** What somebody has typed at its prompt and not sent, or what it has put back there itself. */
export interface DraftRule {
  /** Pure; of a screen with its styles, in which what is only suggested is dim. Empty: nothing. */
  typed(styled: string): string;
  /** Take it off the prompt; the program keeps it for whoever typed it. */
  readonly keys: readonly string[];
  /** Where they have taken a part of it only: that part back. Absent: they take all or nothing. */
  readonly back?: readonly string[];
}

/** One way for a peer to be present. `launch` and `readScreen` are pure. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly traits: RuntimeTraits;
  launch(facts: LaunchFacts): LaunchPlan | LaunchRefusal;
  readScreen(text: string, peer: RegistryEntry): Screen;
  /** The newest conversation of exactly this folder; null: nothing to resume. */
  findResumable(peer: RegistryEntry, launchEnv: Readonly<Record<string, string>>): Resumable | null;
  /** Latest transcript activity; null when the runtime keeps none. Cheap: called every tick. */
  lastActivity(peer: RegistryEntry, launchEnv: Readonly<Record<string, string>>): WallMs | null;
  /**
   * Changes when a turn begins, and only then: a transcript's time also moves without one. Null
   * when the runtime keeps no turns, or none was found.
   */
  lastTurn?(peer: RegistryEntry, launchEnv: Readonly<Record<string, string>>): string | null;
  /**
   * A turn has begun at or after `sinceWall`, and its end is not written. For a runtime whose
   * screen looks free while it writes its answer; absent: a screen that looks free is.
   */
  turnRuns?(
    peer: RegistryEntry,
    launchEnv: Readonly<Record<string, string>>,
    sinceWall: WallMs,
  ): boolean;
  /** Keys that interrupt the running turn; null: not supported. */
  readonly interruptKeys: readonly string[] | null;
  /** Absent: nothing is known of what stands at its prompt. */
  readonly draft?: DraftRule;
  /** Typed to compact the conversation; null: not supported. */
  readonly compactCommand: string | null;
  /** Makes the folder known to the runtime (trust), at create; idempotent. */
  prepareFolder?(
    peer: RegistryEntry,
    launchEnv?: Readonly<Record<string, string>>,
  ): { readonly warnings: readonly string[] };
  /** Takes back what prepareFolder wrote, and nothing else; idempotent. */
  forgetFolder?(
    peer: RegistryEntry,
    launchEnv?: Readonly<Record<string, string>>,
  ): { readonly warnings: readonly string[] };
  /** Absent: the runtime has no memory of its own that a setting turns off. */
  readonly nativeMemory?: NativeMemory;
  /** The runtime's own plugin commands (memory-provider contract v1.1); absent: it has none. */
  pluginSteps?(call: PluginCall): PluginSteps;
}
