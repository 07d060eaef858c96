// Finding a peer by the name that a person typed; an unknown one suggests the nearest (CLI
// contract).

import { IapeerError } from "../../core/error.ts";
import type { Registry, RegistryEntry } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { nearest, splitIdentity } from "../../rules/names.ts";
import { rebuildRegistry } from "../storage/rebuild.ts";
import { readRegistry } from "../storage/registry.ts";

/** `unknown-peer` has exit code 2, a registry that cannot be used 1. */
export function findPeer(host: Host, name: string): Result<RegistryEntry, IapeerError> {
  const read = usableRegistry(host);
  return read.ok ? findIn(read.value, name) : read;
}

/** Only reads: a lost registry counts as what it would be rebuilt to. */
export function usableRegistry(host: Host): Result<Registry, IapeerError> {
  const read = readRegistry(host);
  if (read.state === "ok") return ok(read.registry);
  if (read.state === "missing") return ok(rebuildRegistry(host, null).registry);
  return err(
    new IapeerError({
      code: read.state === "corrupt" ? "registry-corrupt" : "registry-unreadable",
      what: `the registry ${host.layout.registry} cannot be used`,
      why: read.detail,
      next: "iapeer verify --fix",
    }),
  );
}

/** As it is on disk; nobody where that cannot be read. */
export function registered(host: Host): readonly RegistryEntry[] {
  const read = readRegistry(host);
  return read.state === "ok" ? read.registry.peers : [];
}

/** Some peer has it for its folder. */
export const isLivedIn = (host: Host, cwd: string): boolean =>
  registered(host).some((peer) => peer.cwd === cwd);

export function findIn(registry: Registry, name: string): Result<RegistryEntry, IapeerError> {
  const entry = registry.peers.find((peer) => peer.personality === name);
  return entry === undefined ? err(unknownPeer(registry, name)) : ok(entry);
}

function unknownPeer(registry: Registry, name: string): IapeerError {
  const names = registry.peers.map((peer) => peer.personality);
  const owner = splitIdentity(name)?.personality;
  const meant = names.find((known) => known === owner) ?? nearest(name, names);
  return new IapeerError({
    code: "unknown-peer",
    what: `no peer is called ${JSON.stringify(name)}`,
    next: meant === null ? "iapeer list shows the peers" : `did you mean ${meant}?`,
    exit: 2,
  });
}
