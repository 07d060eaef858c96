// The same occasion for many peers (memory-provider contract): a few at once, with progress, and
// an exact account of who was done, whatever interrupts it.

import { createLimit } from "../../core/limit.ts";
import type { Registry, RegistryEntry } from "../../core/profile.ts";
import type { Occasion, PeerProvision, ProviderDeclaration } from "../../core/provider.ts";
import type { Host } from "../../ports/host.ts";
import { readRegistry, registryStamp } from "../storage/registry.ts";
import { agenticRuntimes, provisionPeer } from "./presence.ts";
import { readSlot } from "./slot.ts";

export const JOBS_DEFAULT = 4;
export const JOBS_MAX = 64;

export interface Sweep {
  readonly declaration: ProviderDeclaration;
  readonly peers: readonly RegistryEntry[];
  readonly occasion: Occasion;
  readonly jobs?: number;
  /** Aborted: nothing new is begun, and what runs is ended. */
  readonly interrupted?: AbortSignal;
  /** After each peer; `done` counts all that need nothing more. */
  readonly onPeer?: (peer: PeerProvision, done: number) => void;
}

export interface SweepReport {
  /** In the order of the peers that were given, every one of them. */
  readonly peers: readonly PeerProvision[];
  /** The slot's file says something else now: the sweep went on with what it began with. */
  readonly slotChanged: boolean;
}

/**
 * Runs with the declaration that it was given, to its end: half a fleet under one provider and
 * half under another is for nobody to sort out. A peer that is removed meanwhile is left out.
 */
export async function sweep(host: Host, spec: Sweep): Promise<SweepReport> {
  const roll = new Roll(host);
  const limit = createLimit(Math.min(Math.max(1, spec.jobs ?? JOBS_DEFAULT), JOBS_MAX));
  let done = 0;
  const provisions = spec.peers.map((peer) =>
    limit(async () => {
      const provision = await provisionNext(host, spec, { peer, roll });
      done += 1;
      spec.onPeer?.(provision, done);
      return provision;
    }),
  );
  return {
    peers: await Promise.all(provisions),
    slotChanged: !isStill(host, spec.declaration),
  };
}

interface Turn {
  readonly peer: RegistryEntry;
  readonly roll: Roll;
}

async function provisionNext(host: Host, spec: Sweep, turn: Turn): Promise<PeerProvision> {
  const { peer, roll } = turn;
  const { personality } = peer;
  if (agenticRuntimes(host, peer).length === 0) {
    return { personality, state: "skipped-no-agentic-runtime", runtimes: [] };
  }
  const isCut = spec.interrupted?.aborted === true;
  if (isCut) return { personality, state: "not-started", runtimes: [] };
  if (!roll.has(peer)) return { personality, state: "gone", runtimes: [] };
  return provisionPeer(host, { ...spec, peer });
}

function isStill(host: Host, declaration: ProviderDeclaration): boolean {
  const now = readSlot(host);
  return now.state === "occupied" && Bun.deepEquals(now.declaration, declaration);
}

/** Who is registered now; the file is read again only when it has changed. */
class Roll {
  readonly #host: Host;
  #stamp = "";
  #folders: ReadonlyMap<string, string> | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  has({ personality, cwd }: RegistryEntry): boolean {
    const stamp = registryStamp(this.#host);
    if (stamp !== this.#stamp) {
      const read = readRegistry(this.#host);
      this.#folders = read.state === "ok" ? foldersOf(read.registry) : null;
      this.#stamp = stamp;
    }
    // A registry that cannot be read for now proves nothing about anybody.
    return this.#folders === null || this.#folders.get(personality) === cwd;
  }
}

const foldersOf = ({ peers }: Registry): ReadonlyMap<string, string> =>
  new Map(peers.map(({ personality, cwd }) => [personality, cwd]));
