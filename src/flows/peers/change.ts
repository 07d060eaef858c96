// Changing what is declared about a registered peer: the profile in its folder first, then its
// projection in the registry, both inside the registry's lock (storage contract).

import { IapeerError } from "../../core/error.ts";
import { identityOf } from "../../core/names.ts";
import type { Profile, Registry, RegistryEntry } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { type MemoryAccount, provisionBirth } from "../provision/account.ts";
import { readProfile, writeProfile, type ProfileFile } from "../storage/profile.ts";
import { changeRegistry } from "../storage/registry.ts";
import { profileNotWritten, standingWarnings } from "./create.ts";
import { findIn, registered } from "./find.ts";
import { missingIn } from "./program-found.ts";
import { clearLeftovers } from "./purge.ts";
import { findRuntime, takesProgram, usage } from "./spec.ts";

type ProfileChange = (profile: Profile) => Result<Profile, IapeerError>;

export interface ChangeOutcome {
  readonly entry: RegistryEntry;
  readonly warnings: readonly string[];
  readonly memory?: MemoryAccount;
}

/** Also takes over what was edited in the profile by hand since the last projection. */
async function changeProfile(
  host: Host,
  personality: string,
  change: ProfileChange,
): Promise<Result<RegistryEntry, IapeerError>> {
  const undo: (() => void)[] = [];
  const changed = await changeRegistry(host, (registry) => {
    const found = findIn(registry, personality);
    if (!found.ok) return found;
    const file = truthOf(host, found.value);
    if (!file.ok) return file;
    undo.push(() => restore(host, found.value, file.value));
    const profile = change(file.value.profile);
    if (!profile.ok) return profile;
    const next = { profile: profile.value, extra: file.value.extra };
    const written = writeProfile(host, found.value.cwd, next);
    if (written.state === "failed") {
      return err(profileNotWritten(found.value.cwd, written.detail));
    }
    return ok(replaceEntry(registry, found.value, { ...next.profile, cwd: found.value.cwd }));
  });
  if (changed.ok) return findIn(changed.value, personality);
  for (const step of undo) step();
  return changed;
}

/** Where the registry could not be written, so that its old entry is still the profile's own. */
export function restore(host: Host, entry: RegistryEntry, file: ProfileFile): void {
  const isStill = (peer: RegistryEntry) => JSON.stringify(peer) === JSON.stringify(entry);
  if (registered(host).some(isStill)) writeProfile(host, entry.cwd, file);
}

export const replaceEntry = (
  registry: Registry,
  old: RegistryEntry,
  entry: RegistryEntry,
): Registry => ({
  ...registry,
  peers: registry.peers.map((peer) => (peer === old ? entry : peer)),
});

/** The profile of a registered peer, or what to do first when it cannot be used. */
export function truthOf(host: Host, entry: RegistryEntry): Result<ProfileFile, IapeerError> {
  const read = readProfile(host, entry.cwd);
  if (read.state === "ok") {
    if (read.profile.personality === entry.personality) return ok(read);
    const why = `it says that it is ${read.profile.personality}'s`;
    return err(profileUnusable(entry, why));
  }
  if (read.state !== "missing") return err(profileUnusable(entry, read.detail));
  return err(profileUnusable(entry, read.folder ? "it is missing" : "the folder is missing"));
}

function profileUnusable(entry: RegistryEntry, why: string): IapeerError {
  return new IapeerError({
    code: "profile-unusable",
    what: `the profile in ${entry.cwd} cannot be used`,
    why,
    next: "iapeer verify --fix",
  });
}

export interface AddSpec {
  readonly personality: string;
  readonly runtime: string;
  readonly interrupted?: AbortSignal;
}

/**
 * Adds a way for the peer to be present; one it has already is no error. To a memory provider
 * the new presence is born now.
 */
export async function addRuntime(
  host: Host,
  { personality, runtime: name, interrupted }: AddSpec,
): Promise<Result<ChangeOutcome, IapeerError>> {
  const runtime = findRuntime(host, name);
  if (!runtime.ok) return runtime;
  let isNew = false;
  const added = await changeProfile(host, personality, (profile) => {
    const { runtimes, command } = profile;
    if (runtimes.includes(runtime.value.name)) return ok(profile);
    if (takesProgram(runtime.value) && command === undefined) {
      const next = "create a peer of its own: iapeer create <name> --runtime command -- argv…";
      return err(usage("no-command", `${profile.personality} declares no command`, next));
    }
    const cleared = clearLeftovers(host, identityOf(runtime.value.name, profile.personality));
    if (!cleared.ok) return cleared;
    isNew = true;
    return ok({ ...profile, runtimes: [...runtimes, runtime.value.name] });
  });
  if (!added.ok) return added;
  const entry = added.value;
  const only = { ...entry, runtimes: [runtime.value.name] };
  const missing = missingIn(host, entry, runtime.value);
  const lacking = missing === null ? [] : [missing.warning];
  const warnings = [...(await standingWarnings(host, only)), ...lacking];
  if (!isNew) return ok({ entry, warnings });
  const memory = await provisionBirth(host, only, interrupted);
  return ok({ entry, warnings: [...warnings, ...memory.warnings], memory });
}

/** Only a runtime that the peer has. */
export async function setDefaultRuntime(
  host: Host,
  personality: string,
  name: string,
): Promise<Result<ChangeOutcome, IapeerError>> {
  const runtime = findRuntime(host, name);
  if (!runtime.ok) return runtime;
  const changed = await changeProfile(host, personality, (profile) => {
    if (profile.runtimes.includes(runtime.value.name)) {
      return ok({ ...profile, default_runtime: runtime.value.name });
    }
    const next = `iapeer add-runtime ${profile.personality} ${name}`;
    return err(usage("runtime-not-added", `${profile.personality} has no runtime ${name}`, next));
  });
  return changed.ok ? ok({ entry: changed.value, warnings: [] }) : changed;
}
