// Taking a peer out of the registry. Its folder stays; its profile is moved aside, since a
// profile left in place would bring the peer back when the registry is rebuilt.

import { dirname } from "node:path";
import type { IapeerError } from "../../core/error.ts";
import { peerLayout } from "../../core/layout.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { folderInTheWay, setAside } from "../storage/own-file.ts";
import { readProfile } from "../storage/profile.ts";
import { listNames } from "../storage/list-names.ts";
import { changeRegistry } from "../storage/registry.ts";
import { findIn, findPeer } from "./find.ts";

export interface UnregisterOutcome {
  readonly entry: RegistryEntry;
  /** Where the profile is now; null when there was none of this peer. */
  readonly profileMovedTo: string | null;
  /** Profiles of earlier peers of the folder, which are not kept beside this one. */
  readonly dropped: readonly string[];
  readonly warnings: readonly string[];
}

/** The caller has ended the peer's sessions, and purges its identities afterwards. */
export async function unregisterPeer(
  host: Host,
  personality: string,
): Promise<Result<UnregisterOutcome, IapeerError>> {
  let outcome: UnregisterOutcome | null = null;
  const changed = await changeRegistry(host, (registry) => {
    const found = findIn(registry, personality);
    if (!found.ok) return found;
    outcome = setProfileAside(host, found.value);
    return ok({ ...registry, peers: registry.peers.filter((peer) => peer !== found.value) });
  });
  if (!changed.ok) {
    putBack(host, outcome);
    return changed;
  }
  return outcome === null ? unregisterPeer(host, personality) : ok(withoutEarlier(host, outcome));
}

/** Only the latest profile that was moved aside is kept: they would pile up. */
function withoutEarlier(host: Host, outcome: UnregisterOutcome): UnregisterOutcome {
  const { entry, profileMovedTo } = outcome;
  if (profileMovedTo === null) return outcome;
  const earlier = profilesAside(host, entry.cwd).filter((path) => path !== profileMovedTo);
  const dropped = earlier.filter((path) => host.files.remove(path).state === "ok");
  return { ...outcome, dropped };
}

/** Profiles of removed peers in this folder. */
export function profilesAside(host: Host, cwd: string): readonly string[] {
  const { dir, profile } = peerLayout(cwd);
  if (folderInTheWay(host, [dir]) !== null) return [];
  return listNames(host, dir)
    .map((name) => `${dir}/${name}`)
    .filter((path) => path.startsWith(`${profile}.removed-`) && ASIDE.test(path));
}

const ASIDE = /\.removed-\d{8}T\d{9}Z(?:-\d+)?$/;

/** The registry could not be written, so the peer is still there: with its profile. */
function putBack(host: Host, outcome: UnregisterOutcome | null): void {
  if (outcome === null || outcome.profileMovedTo === null) return;
  if (!findPeer(host, outcome.entry.personality).ok) return;
  const { profile } = peerLayout(outcome.entry.cwd);
  if (host.files.stat(profile).state !== "missing") return;
  host.files.rename(outcome.profileMovedTo, profile);
  host.files.syncFolder(dirname(profile));
}

function setProfileAside(host: Host, entry: RegistryEntry): UnregisterOutcome {
  const read = readProfile(host, entry.cwd);
  const another = read.state === "ok" && read.profile.personality !== entry.personality;
  if (read.state === "missing" || another) return nothingMoved(entry, []);
  const path = peerLayout(entry.cwd).profile;
  const aside = read.state === "failed" ? read : setAside(host, path, "removed");
  if (aside.state === "ok") return { entry, profileMovedTo: aside.path, dropped: [], warnings: [] };
  const warning = `${path} could not be moved aside, and may bring the peer back`;
  return nothingMoved(entry, [`${warning}: ${aside.detail}`]);
}

const nothingMoved = (entry: RegistryEntry, warnings: readonly string[]): UnregisterOutcome => ({
  entry,
  profileMovedTo: null,
  dropped: [],
  warnings,
});
