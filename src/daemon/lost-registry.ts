// A registry that is gone, or does not parse, while peers live (storage contract): who is known
// stays known, and the file is made anew from that and from the folders.

import type { MemberState } from "./context.ts";
import type { Registry, RegistryEntry } from "../core/profile.ts";
import { ok } from "../core/result.ts";
import { readProfile } from "../flows/storage/profile.ts";
import { rebuildRegistry } from "../flows/storage/rebuild.ts";
import { changeRegistry } from "../flows/storage/registry.ts";
import type { Host } from "../ports/host.ts";

interface Seen {
  readonly host: Host;
  readonly state: MemberState;
}

/** Who there is all the same: everybody that was known, then whom the folders name. */
export function registryFor({ host, state }: Seen, corruptText: string | null): Registry {
  const { registry } = rebuildRegistry(host, corruptText);
  return { ...registry, peers: [...state.registry.peers, ...others(registry, state.registry)] };
}

/** Writes it again; what fails is logged, and tried again at the next pass. */
export function mendRegistry({ host, state }: Seen): void {
  if (state.mending === true) return;
  state.mending = true;
  const known = state.registry;
  const mending = changeRegistry(host, (found) => {
    const kept = others(known, found).flatMap((entry) => stillThere(host, entry));
    return ok({ ...found, peers: [...found.peers, ...kept] });
  });
  mending
    .then(
      (mended) => (mended.ok ? null : mended.error.message),
      (error: unknown) => String(error),
    )
    .then(
      (detail) => {
        state.mending = false;
        if (detail !== null) tell(host, detail);
      },
      () => undefined,
    );
}

export function tell(host: Host, detail: string): void {
  const fields = { detail, next: "iapeer verify --fix" };
  host.log.write("lifecycle", { ev: "registry-unreadable", fields });
}

/** Those of the first whose name and folder the second does not have. */
function others(from: Registry, beside: Registry): readonly RegistryEntry[] {
  const taken = new Set(beside.peers.flatMap(({ personality, cwd }) => [personality, cwd]));
  return from.peers.filter(({ personality, cwd }) => !taken.has(personality) && !taken.has(cwd));
}

/** By its own profile: one that was removed meanwhile has none. */
function stillThere(host: Host, { personality, cwd }: RegistryEntry): readonly RegistryEntry[] {
  const read = readProfile(host, cwd);
  const isIt = read.state === "ok" && read.profile.personality === personality;
  return isIt ? [{ ...read.profile, cwd }] : [];
}
