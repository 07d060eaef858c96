// What a provider's call means for the verb that caused it: best effort, so a failure is a loud
// warning with the way to repair it, never the verb's own failure.

import type { RegistryEntry } from "../../core/profile.ts";
import type {
  Occasion,
  PeerProvision,
  ProviderDeclaration,
  SlotReading,
} from "../../core/provider.ts";
import { quoteSh } from "../../formats/sh-quote.ts";
import type { Host } from "../../ports/host.ts";
import { directionOf, provisionSummary, routeOf } from "../../rules/provision.ts";
import { turnNativeMemory } from "./native-memory.ts";
import { agenticRuntimes, provisionPeer } from "./presence.ts";
import { readSlot } from "./slot.ts";

export interface MemoryAccount {
  /** Null: the slot is empty, or its file is ignored. */
  readonly provider: string | null;
  readonly occasion: Occasion;
  /** `memory provision: claude:ok, codex:failed (…)`; null when nobody was called. */
  readonly summary: string | null;
  readonly peer: PeerProvision | null;
  readonly warnings: readonly string[];
}

interface Event {
  readonly peer: RegistryEntry;
  readonly occasion: "birth" | "remove";
  readonly interrupted?: AbortSignal;
}

/**
 * At a birth, after the folder is trusted: the runtimes' own memory is turned off, then the
 * provider is called. `peer.runtimes` may be only those that are new.
 */
export async function provisionBirth(
  host: Host,
  peer: RegistryEntry,
  interrupted?: AbortSignal,
): Promise<MemoryAccount> {
  const event: Event = { peer, occasion: "birth" };
  const native = (): readonly string[] =>
    agenticRuntimes(host, peer).flatMap((runtime) => {
      const turned = turnNativeMemory(host, { peer, runtime, wanted: "off" });
      return turned.state === "left" ? [nativeLeft(runtime, turned.detail)] : [];
    });
  return call(host, interrupted === undefined ? event : { ...event, interrupted }, native);
}

/** After the registry entry is gone and before the identity's state is purged. */
export const unprovisionRemoved = (
  host: Host,
  peer: RegistryEntry,
  interrupted: AbortSignal,
): Promise<MemoryAccount> => call(host, { peer, occasion: "remove", interrupted }, () => []);

/** Whom a removal has called, and for which runtimes; null: nobody. */
export function calledAtRemoval(host: Host, peer: RegistryEntry): string | null {
  const agentic = agenticRuntimes(host, peer);
  const slot = readSlot(host);
  if (slot.state !== "occupied" || agentic.length === 0) return null;
  if (routeOf(slot.declaration, "unprovision").by === "none") return null;
  return `call ${slot.declaration.provider} to unprovision ${agentic.join(", ")}`;
}

/**
 * The contract has no occasion for a rename, so nobody is called: a provider that goes by the
 * name or the folder has to be told, and the person with it.
 */
export function renamedWarnings(host: Host, peer: RegistryEntry): readonly string[] {
  const slot = readSlot(host);
  if (slot.state !== "occupied" || agenticRuntimes(host, peer).length === 0) return [];
  const { provider } = slot.declaration;
  return [
    `a rename calls no memory provider: to ${provider} the peer has its old name and folder`,
    repairOf(peer),
  ];
}

async function call(
  host: Host,
  event: Event,
  before: () => readonly string[],
): Promise<MemoryAccount> {
  const { occasion, peer } = event;
  const nobody = { provider: null, occasion, summary: null, peer: null, warnings: [] };
  const slot = readSlot(host);
  if (agenticRuntimes(host, peer).length === 0) return skipped(slot, nobody, peer);
  if (slot.state === "empty") return nobody;
  if (slot.state === "ignored") {
    const why = `${host.layout.memoryProvider} is ignored, so no memory provider was called`;
    return { ...nobody, warnings: [`${why}: ${slot.reason}`] };
  }
  const { declaration } = slot;
  const warnings = [...deprecation(declaration, occasion), ...before()];
  const provision = await provisionPeer(host, { ...event, declaration });
  const direction = directionOf(occasion);
  const summary = `memory ${direction}: ${provisionSummary(provision.runtimes)}`;
  if (provision.state !== "done") warnings.push(summary, ...repairs(event, provision));
  return { provider: declaration.provider, occasion, summary, peer: provision, warnings };
}

/** Reported where there is a provider, and nothing to be said to a person. */
function skipped(slot: SlotReading, nobody: MemoryAccount, peer: RegistryEntry): MemoryAccount {
  if (slot.state !== "occupied") return nobody;
  const { personality } = peer;
  return {
    ...nobody,
    provider: slot.declaration.provider,
    peer: { personality, state: "skipped-no-agentic-runtime", runtimes: [] },
  };
}

/** For a person who has to do something about the provider, not about the peer. */
export function deprecation(
  declaration: ProviderDeclaration,
  occasion: Occasion,
): readonly string[] {
  if (routeOf(declaration, directionOf(occasion)).by !== "plugin") return [];
  const { provider } = declaration;
  return [`${provider} declares a plugin (v1.1), which is deprecated: ask for a v1.2 release`];
}

const nativeLeft = (runtime: string, detail: string): string =>
  `the memory of ${runtime} itself stays as it is: ${detail}`;

const repairOf = ({ personality }: RegistryEntry): string =>
  `repair: iapeer memory-plugin on --peer ${personality}`;

/** A removed peer has no name any more that a verb could take: its command is run by hand. */
function repairs({ peer, occasion }: Event, provision: PeerProvision): readonly string[] {
  if (occasion === "birth") return [repairOf(peer)];
  const missed = provision.runtimes.filter(({ state, argv }) => state !== "ok" && argv.length > 0);
  if (missed.length === 0) return ["what the provider keeps about it may still be there"];
  return missed.map(({ argv }) => `repair: ${argv.map(quoteSh).join(" ")}`);
}
