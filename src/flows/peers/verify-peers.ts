// Findings about registered peers and about folders under `peers/` that nobody registered.

import { peerLayout } from "../../core/layout.ts";
import type { Profile, Registry, RegistryEntry } from "../../core/profile.ts";
import { parseLaunchEnv } from "../../formats/launch-env.ts";
import type { Host } from "../../ports/host.ts";
import { folderInTheWay, readOwn } from "../storage/own-file.ts";
import { readProfile, type ProfileRead } from "../storage/profile.ts";
import { defaultFolders } from "../storage/rebuild.ts";
import { FIX, type Finding, type FindingCode } from "./finding.ts";

interface Said {
  readonly detail: string;
  /** Absent: `verify --fix` does it. */
  readonly next?: string;
  readonly severity?: Finding["severity"];
}

export function findingsAboutPeers(host: Host, registry: Registry): readonly Finding[] {
  const strays = strayFolders(host, registry);
  return [
    ...registry.peers.flatMap((entry) => [
      ...aboutProfile(host, entry, strays),
      ...aboutRuntimes(host, entry),
    ]),
    ...strays.flatMap((stray) => aboutStray(host, registry, stray)),
  ];
}

/** A folder under `peers/` with a profile, in no registry entry. */
export interface Stray {
  readonly cwd: string;
  readonly read: ProfileRead;
}

export function strayFolders(host: Host, registry: Registry): readonly Stray[] {
  const known = new Set(registry.peers.map((peer) => peer.cwd));
  return defaultFolders(host)
    .filter((cwd) => !known.has(cwd) && host.files.stat(cwd).state === "ok")
    .map((cwd) => ({ cwd, read: readProfile(host, cwd) }))
    .filter((stray) => stray.read.state !== "missing");
}

/** Where a peer whose folder is gone has been found again; null: nowhere. */
export function movedTo(strays: readonly Stray[], entry: RegistryEntry): Stray | null {
  const found = strays.find(
    ({ read }) => read.state === "ok" && read.profile.personality === entry.personality,
  );
  return found ?? null;
}

function aboutProfile(
  host: Host,
  entry: RegistryEntry,
  strays: readonly Stray[],
): readonly Finding[] {
  const read = readProfile(host, entry.cwd);
  const say = (code: FindingCode, said: Said) => [about(entry, code, said)];
  switch (read.state) {
    case "missing": {
      if (read.folder) return say("profile-missing", { detail: "its folder has no profile" });
      const moved = movedTo(strays, entry);
      if (moved !== null) return say("folder-moved", { detail: `it is at ${moved.cwd} now` });
      const remove = `iapeer remove ${entry.personality}`;
      const next = `move it back, iapeer init it where it is now, or: ${remove}`;
      return say("folder-missing", { detail: "its folder is not there", next });
    }
    case "corrupt":
      return say("profile-corrupt", { detail: `its profile does not parse: ${read.detail}` });
    case "failed":
      return say("profile-unreadable", { detail: read.detail, next: "put the path right" });
    case "ok":
      return aboutProjection(entry, read.profile);
  }
}

function aboutProjection(entry: RegistryEntry, profile: Profile): readonly Finding[] {
  if (profile.personality !== entry.personality) {
    const detail = `its profile says ${profile.personality}`;
    return [about(entry, "profile-renamed", { detail })];
  }
  const fields = differingFields(entry, profile);
  if (fields.length === 0) return [];
  const detail = `the registry is behind the profile in ${fields.join(", ")}`;
  return [about(entry, "profile-differs", { detail })];
}

/** Names of the fields in which the registry is not the profile's projection. */
function differingFields(entry: RegistryEntry, profile: Profile): readonly string[] {
  const { cwd: _cwd, ...projected } = entry;
  const keys = new Set([...Object.keys(projected), ...Object.keys(profile)]);
  const [a, b]: Record<string, unknown>[] = [{ ...projected }, { ...profile }];
  return [...keys].filter((key) => JSON.stringify(a?.[key]) !== JSON.stringify(b?.[key]));
}

function aboutRuntimes(host: Host, entry: RegistryEntry): readonly Finding[] {
  return entry.runtimes.flatMap((name) => {
    const findings: Finding[] = [];
    if (!host.runtimes.has(name)) {
      const next = "take it out of the profile, or update iapeer";
      findings.push(about(entry, "runtime-unknown", { detail: `no runtime ${name}`, next }));
    }
    return [...findings, ...aboutLaunchEnv(host, entry, name)];
  });
}

function aboutLaunchEnv(host: Host, entry: RegistryEntry, name: string): readonly Finding[] {
  const paths = peerLayout(entry.cwd);
  const path = paths.launchEnv(name);
  const inTheWay = folderInTheWay(host, paths.runtimeFolders(name));
  const refused = { state: "failed", detail: inTheWay ?? "" } as const;
  const read = inTheWay === null ? readOwn(host, path) : refused;
  if (read.state === "missing") return [];
  const parsed = read.state === "ok" ? parseLaunchEnv(read.text) : null;
  if (parsed === null || !parsed.ok) {
    const why = read.state === "failed" ? read.detail : parsed?.ok === false ? parsed.error : "";
    const said = { detail: `it cannot be used: ${why}`, next: "put the file right" };
    return [{ ...about(entry, "launch-env-unusable", said), path }];
  }
  const stat = host.files.stat(path);
  if (stat.state !== "ok" || (stat.mode & 0o077) === 0) return [];
  const detail = `others can read it (mode ${stat.mode.toString(8)})`;
  return [{ ...about(entry, "launch-env-mode", { detail }), path }];
}

function aboutStray(host: Host, registry: Registry, stray: Stray): readonly Finding[] {
  const { cwd, read } = stray;
  const common = { path: cwd, severity: "error" } as const;
  if (read.state !== "ok") {
    const why = "detail" in read ? read.detail : "it is missing";
    const next = "put the profile right, or move the folder away";
    const detail = `a folder of no registered peer, whose profile cannot be used: ${why}`;
    return [{ ...common, code: "unregistered-unusable", fixable: false, detail, next }];
  }
  const peer = read.profile.personality;
  const namesake = registry.peers.find((entry) => entry.personality === peer);
  if (namesake === undefined) {
    const detail = "the folder has a profile, and is not in the registry";
    return [
      { ...common, code: "unregistered-folder", fixable: true, peer, detail, next: FIX },
    ];
  }
  if (host.files.stat(namesake.cwd).state === "missing") return [];
  const detail = `its profile says ${peer}, and so does ${namesake.cwd}`;
  const next = "one name, one folder: rename or remove one of the two profiles";
  return [{ ...common, code: "name-clash", fixable: false, peer, detail, next }];
}

function about(entry: RegistryEntry, code: FindingCode, said: Said): Finding {
  return {
    code,
    severity: said.severity ?? "error",
    fixable: said.next === undefined,
    path: entry.cwd,
    peer: entry.personality,
    detail: said.detail,
    next: said.next ?? FIX,
  };
}
