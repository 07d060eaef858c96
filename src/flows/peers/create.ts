// Bringing a peer into being (storage contract): the profile is written first, then the
// registry, both inside the registry's lock. A clash of name or folder is refused.

import { IapeerError } from "../../core/error.ts";
import { peerLayout } from "../../core/layout.ts";
import { identityOf } from "../../core/names.ts";
import type { Registry, RegistryEntry } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { renderProfile } from "../../formats/profile.ts";
import { type MemoryAccount, provisionBirth } from "../provision/account.ts";
import { checkSocket } from "../session/socket-for.ts";
import { readProfile, writeProfile, type ProfileFile } from "../storage/profile.ts";
import { changeRegistry } from "../storage/registry.ts";
import { checkEnvFile } from "./env-file.ts";
import { isLivedIn } from "./find.ts";
import { ensurePeerFolder, refused } from "./folder.ts";
import { addLaunchEnv, envLeavings, takeBack } from "./given-env.ts";
import { makeFolderKnown } from "./known-folder.ts";
import { missingProgram, type MissingProgram } from "./program-found.ts";
import { clearLeftovers } from "./purge.ts";
import {
  findRuntime,
  folderPath,
  profileFor,
  takesProgram,
  usage,
  type PeerTraits,
} from "./spec.ts";

/** What a birth may take time for: a memory provider is called, and can be interrupted. */
export interface BirthOptions {
  readonly interrupted?: AbortSignal;
}

export interface CreateSpec extends PeerTraits, BirthOptions {
  readonly name: string;
  /** Absolute; default `<root>/peers/<name>`. Made when missing. */
  readonly cwd?: string;
}

export interface CreateOutcome {
  /** `adopted`: the folder had a profile. `moved`: a registered peer's folder is here now. */
  readonly state: "created" | "adopted" | "already" | "moved";
  readonly entry: RegistryEntry;
  /** For the person, each a sentence: bypassed guards, readable secrets, and so on. */
  readonly warnings: readonly string[];
  /** The program that it is to run is not there, as a warning says. */
  readonly missing?: MissingProgram;
  /** What the host's memory provider made of it; its warnings are among `warnings`. */
  readonly memory?: MemoryAccount;
}

type Env = Readonly<Record<string, string>>;

/** Never half done: a process that dies in here leaves what `verify --fix` makes whole. */
export async function createPeer(
  host: Host,
  spec: CreateSpec,
): Promise<Result<CreateOutcome, IapeerError>> {
  const profile = profileFor(host, spec.name, spec);
  if (!profile.ok) return profile;
  const wanted = spec.cwd ?? `${host.layout.peersDir}/${profile.value.personality}`;
  const cwd = folderPath(host, wanted);
  if (!cwd.ok) return cwd;
  return registerNew(host, { ...profile.value, cwd: cwd.value }, { ...spec, ...asCreated(spec) });
}

/** How the person asked for the peer, to be told how to ask better. */
export interface Asked {
  /** The command so far. */
  readonly asked: string;
  /** How another folder is given. */
  readonly elsewhere: string;
  /** How another name is given. */
  readonly otherwise?: string;
}

const asCreated = ({ name }: CreateSpec): Asked => ({
  asked: `iapeer create ${name}`,
  elsewhere: "give another folder with --cwd",
});

/** Writes and registers a peer that has no profile yet. */
export async function registerNew(
  host: Host,
  entry: RegistryEntry,
  { env = {}, interrupted, ...asked }: Pick<PeerTraits, "env"> & BirthOptions & Asked,
): Promise<Result<CreateOutcome, IapeerError>> {
  const launchable = checkLaunch(host, entry, { ...asked, env });
  if (!launchable.ok) return launchable;
  const own = peerLayout(entry.cwd).launchEnv(entry.default_runtime);
  const inherited = envLeavings(host, entry.cwd).some(
    ({ path, how }) => path === own && how !== "gone",
  );
  let wrote = false;
  const changed = await changeRegistry(host, (registry) => {
    const readied = readyFolder(host, { registry, entry, env, ...asked });
    if (!readied.ok) return readied;
    const written = writeProfile(host, entry.cwd, { profile: entry, extra: {} });
    if (written.state === "failed") return err(profileNotWritten(entry.cwd, written.detail));
    wrote = true;
    return ok({ ...registry, peers: [...registry.peers, entry] });
  });
  if (!changed.ok) {
    if (wrote) undoProfile(host, entry);
    return changed;
  }
  const { missing } = launchable.value;
  const warnings = [...launchable.value.warnings, ...(await standingWarnings(host, entry))];
  if (inherited) {
    warnings.push(`the folder's own launch.env for ${entry.default_runtime} stays in use`);
  }
  const memory = await provisionBirth(host, entry, interrupted);
  const told = { warnings: [...warnings, ...memory.warnings], memory };
  return ok({ state: "created", entry, ...told, ...(missing === null ? {} : { missing }) });
}

/** What every new or adopted peer's runtime has to say, and its folder made known to it. */
export async function standingWarnings(
  host: Host,
  entry: RegistryEntry,
): Promise<readonly string[]> {
  const standing = entry.runtimes.flatMap((name) => {
    const runtime = host.runtimes.get(name);
    if (runtime === undefined) return [`no runtime is called ${name}: it cannot be launched`];
    const bypass = runtime.traits.bypassWarning;
    return bypass === undefined ? [] : [bypass];
  });
  return [...standing, ...(await makeFolderKnown(host, entry))];
}

export function profileNotWritten(cwd: string, why: string): IapeerError {
  return new IapeerError({
    code: "profile-not-written",
    what: `cannot write the profile in ${cwd}`,
    why,
    next: "nothing was changed; put right what is named here and try again",
  });
}

export const nameTaken = (entry: RegistryEntry, instead = "choose another name"): IapeerError =>
  new IapeerError({
    code: "name-taken",
    what: `there is a peer ${entry.personality} already`,
    why: `its folder is ${entry.cwd}`,
    next: `${instead}, or: iapeer remove ${entry.personality}`,
  });

interface Newcomer extends Asked {
  readonly registry: Registry;
  readonly entry: RegistryEntry;
  readonly env: Env;
}

function readyFolder(host: Host, newcomer: Newcomer): Result<void, IapeerError> {
  const { registry, entry, env, elsewhere, otherwise } = newcomer;
  const namesake = registry.peers.find((peer) => peer.personality === entry.personality);
  if (namesake !== undefined) return err(nameTaken(namesake, otherwise));
  const tenant = registry.peers.find((peer) => peer.cwd === entry.cwd);
  if (tenant !== undefined) return err(folderTaken(entry.cwd, tenant.personality, elsewhere));
  const folder = ensurePeerFolder(host, entry.cwd, elsewhere);
  if (!folder.ok) return folder;
  const found = readProfile(host, entry.cwd);
  if (found.state === "ok" && !isUnfinished(found, entry)) {
    return err(folderTaken(entry.cwd, found.profile.personality, elsewhere));
  }
  if (found.state !== "missing" && found.state !== "ok") {
    return err(refused(entry.cwd, found.detail, elsewhere));
  }
  const cleared = clearLeftovers(host, identityOf(entry.default_runtime, entry.personality));
  if (!cleared.ok) return cleared;
  // Of an earlier peer whose removal was cut off.
  if (found.state === "missing") takeBack(host, entry.cwd);
  return addLaunchEnv(host, entry, env);
}

/** The very same was being created, and was cut off before it was registered. */
const isUnfinished = ({ profile, extra }: ProfileFile, asked: RegistryEntry): boolean =>
  renderProfile(profile, extra) === renderProfile(asked);

function folderTaken(cwd: string, tenant: string, elsewhere: string): IapeerError {
  return new IapeerError({
    code: "folder-taken",
    what: `${cwd} is the folder of the peer ${tenant}`,
    why: "one folder belongs to one peer",
    next: `${elsewhere}, or run iapeer init in it to adopt that peer`,
  });
}

interface Launchable {
  readonly warnings: readonly string[];
  readonly missing: MissingProgram | null;
}

/** Asks the adapter for its launch, so that what could never start is refused now. */
function checkLaunch(
  host: Host,
  entry: RegistryEntry,
  { env, asked }: { readonly env: Env; readonly asked: string },
): Result<Launchable, IapeerError> {
  const runtime = findRuntime(host, entry.default_runtime);
  if (!runtime.ok) return runtime;
  const identity = identityOf(entry.default_runtime, entry.personality);
  const socket = checkSocket(host, identity);
  if (!socket.ok) return socket;
  const fromFile = checkEnvFile(host, entry.env_file);
  if (!fromFile.ok) return fromFile;
  const launchEnv = { ...fromFile.value.env, ...env };
  if (takesProgram(runtime.value) && entry.command === undefined) {
    const what = `nothing says what ${entry.personality} is to run`;
    const next = `${asked} --runtime ${runtime.value.name} -- PROGRAM [words]`;
    return err(usage("cannot-launch", what, next));
  }
  const launch = runtime.value.launch({
    identity,
    peer: entry,
    mode: "fresh",
    launchEnv,
    home: host.facts.home,
  });
  if ("refused" in launch) return err(usage("cannot-launch", launch.refused, launch.next));
  const { name } = runtime.value;
  const program = { runtime: name, name: launch.argv[0] ?? "", env: launchEnv };
  const missing = missingProgram(host, entry, program);
  const lacking = missing === null ? [] : [missing.warning];
  return ok({ warnings: [...fromFile.value.warnings, ...lacking], missing });
}

/** The registry could not be written: a profile that nothing names would block a retry. */
function undoProfile(host: Host, entry: RegistryEntry): void {
  if (!isLivedIn(host, entry.cwd)) host.files.remove(peerLayout(entry.cwd).profile);
}
