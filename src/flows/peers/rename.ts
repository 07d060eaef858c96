// Renaming a peer: state, profile, registry, then the default folder, in an order in which a
// process that dies leaves either name whole (storage contract).

import { dirname } from "node:path";
import { IapeerError } from "../../core/error.ts";
import type { Personality } from "../../core/names.ts";
import type { Profile, Registry, RegistryEntry } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { WriteOutcome } from "../../ports/files.ts";
import type { Host } from "../../ports/host.ts";
import { checkPersonality } from "../../rules/names.ts";
import { readProfile, writeProfile, type ProfileFile } from "../storage/profile.ts";
import { changeRegistry } from "../storage/registry.ts";
import { carriedOf, carryDocs, carryHistory } from "./carry.ts";
import { replaceEntry, restore, truthOf } from "./change.ts";
import { nameTaken, profileNotWritten } from "./create.ts";
import { findIn, findPeer } from "./find.ts";
import { refused } from "./folder.ts";
import { followFolder } from "./known-folder.ts";
import { badName, folderPath } from "./spec.ts";

export interface RenameSpec {
  readonly from: string;
  readonly to: string;
  /** Where the folder moves with the name; default: only one under `peers/` does. */
  readonly cwd?: string;
}

export interface RenameOutcome {
  readonly entry: RegistryEntry;
  /** The old folder, when it has moved. */
  readonly movedFrom: string | null;
  readonly warnings: readonly string[];
}

/** The caller has ended the peer's sessions; refused while one may still be running. */
export async function renamePeer(
  host: Host,
  spec: RenameSpec,
): Promise<Result<RenameOutcome, IapeerError>> {
  const to = checkPersonality(spec.to);
  if (!to.ok) return err(badName(to.error));
  let old: RegistryEntry | null = null;
  let target: string | null = null;
  const undo: (() => void)[] = [];
  const warnings: string[] = [];
  const change = (registry: Registry): Result<Registry, IapeerError> => {
    const found = findIn(registry, spec.from);
    if (!found.ok) return found;
    const free = freeName(registry, found.value, to.value);
    if (!free.ok) return free;
    const file = truthOf(host, found.value);
    if (file.ok) undo.push(() => restore(host, found.value, file.value));
    const folder = targetFolder(host, found.value, spec);
    if (!folder.ok) return folder;
    [old, target] = [found.value, folder.value];
    return giveName(host, { registry, entry: found.value, name: to.value });
  };
  const renamed = await changeRegistry(host, change, ({ peers }) => {
    const profile = peers.find(({ personality }) => personality === to.value);
    if (old === null || profile === undefined || old.personality === to.value) return;
    warnings.push(...carryHistory(host, carriedOf(profile, old.personality, to.value)));
  });
  if (!renamed.ok) {
    for (const step of undo) step();
    return renamed;
  }
  const entry = findIn(renamed.value, to.value);
  if (!entry.ok) return entry;
  const from: RegistryEntry = old ?? entry.value;
  if (target === null || target === from.cwd) {
    return ok({ entry: entry.value, movedFrom: null, warnings });
  }
  const moved = await moveFolder(host, entry.value, target);
  if (!moved.ok) return moved;
  const told = await followFolder(host, moved.value, from.cwd);
  return ok({ entry: moved.value, movedFrom: from.cwd, warnings: [...warnings, ...told] });
}

interface Naming {
  readonly registry: Registry;
  readonly entry: RegistryEntry;
  readonly name: Personality;
}

/** State and profile under the new name, and the registry that goes with them. */
export function giveName(host: Host, naming: Naming): Result<Registry, IapeerError> {
  const { registry, entry, name } = naming;
  const free = freeName(registry, entry, name);
  if (!free.ok) return free;
  const file = profileUnder(host, entry, name);
  if (!file.ok) return file;
  if (entry.personality !== name) {
    const carried = carryDocs(host, carriedOf(file.value.profile, entry.personality, name));
    if (!carried.ok) return carried;
  }
  const profile: Profile = { ...file.value.profile, personality: name };
  const written = writeProfile(host, entry.cwd, { profile, extra: file.value.extra });
  if (written.state === "failed") return err(profileNotWritten(entry.cwd, written.detail));
  return ok(replaceEntry(registry, entry, { ...profile, cwd: entry.cwd }));
}

function freeName(
  registry: Registry,
  entry: RegistryEntry,
  name: Personality,
): Result<void, IapeerError> {
  const namesake = registry.peers.find((peer) => peer.personality === name);
  return namesake === undefined || namesake === entry ? ok(undefined) : err(nameTaken(namesake));
}

/** The peer's profile, also when it bears the new name already, by hand or by a killed rename. */
function profileUnder(
  host: Host,
  entry: RegistryEntry,
  name: Personality,
): Result<ProfileFile, IapeerError> {
  const read = readProfile(host, entry.cwd);
  if (read.state === "ok" && read.profile.personality === name) return ok(read);
  return truthOf(host, entry);
}

function targetFolder(
  host: Host,
  entry: RegistryEntry,
  spec: RenameSpec,
): Result<string, IapeerError> {
  const isDefault = entry.cwd === `${host.layout.peersDir}/${entry.personality}`;
  const wanted = spec.cwd ?? (isDefault ? `${host.layout.peersDir}/${spec.to}` : entry.cwd);
  const target = folderPath(host, wanted);
  if (!target.ok || target.value === entry.cwd) return target;
  const stat = host.files.stat(target.value);
  if (stat.state === "missing") return target;
  return err(refused(target.value, "there is something there already", IN_THE_WAY));
}

const IN_THE_WAY = "move it out of the way, or choose another name";

/**
 * A process that dies between the two leaves a folder that `verify --fix` finds again. The peer has
 * its new name by now: whatever fails, that alone is what has not happened.
 */
async function moveFolder(
  host: Host,
  entry: RegistryEntry,
  cwd: string,
): Promise<Result<RegistryEntry, IapeerError>> {
  const undo: (() => void)[] = [];
  const moved = await changeRegistry(host, (registry) => {
    const found = findIn(registry, entry.personality);
    if (!found.ok) return found;
    const renamed = renameFolder(host, found.value.cwd, cwd);
    if (renamed.state === "failed") return err(notMoved(entry, cwd, renamed.detail));
    undo.push(() => moveBack(host, found.value, cwd));
    return ok(replaceEntry(registry, found.value, { ...found.value, cwd }));
  });
  if (moved.ok) return findIn(moved.value, entry.personality);
  for (const step of undo) step();
  const { error } = moved;
  return error.code === "folder-not-moved" ? moved : err(notMoved(entry, cwd, error.message));
}

function renameFolder(host: Host, from: string, to: string): WriteOutcome {
  const renamed = host.files.rename(from, to);
  if (renamed.state === "ok") for (const path of [to, from]) host.files.syncFolder(dirname(path));
  return renamed;
}

/** Only where the registry could not be written, so that it still names the old folder. */
function moveBack(host: Host, { personality, cwd }: RegistryEntry, from: string): void {
  const found = findPeer(host, personality);
  if (found.ok && found.value.cwd === cwd) renameFolder(host, from, cwd);
}

function notMoved(entry: RegistryEntry, cwd: string, why: string): IapeerError {
  return new IapeerError({
    code: "folder-not-moved",
    what: `the peer is ${entry.personality} now, but its folder ${entry.cwd} has not moved`,
    why,
    next: `it works from where it is; to move it yourself: mv it to ${cwd}, then iapeer init there`,
  });
}
