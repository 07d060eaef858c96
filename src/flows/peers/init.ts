// Making a folder's peer: the name comes from the folder's name, and a profile that is there
// already is adopted, because it is the truth (storage contract).

import { basename } from "node:path";
import { IapeerError } from "../../core/error.ts";
import { peerLayout } from "../../core/layout.ts";
import type { Registry, RegistryEntry } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { shellWord } from "../../formats/sh-quote.ts";
import type { Host } from "../../ports/host.ts";
import { normaliseName } from "../../rules/names.ts";
import { readProfile } from "../storage/profile.ts";
import { changeRegistry } from "../storage/registry.ts";
import { provisionBirth } from "../provision/account.ts";
import {
  type BirthOptions,
  type CreateOutcome,
  nameTaken,
  registerNew,
  standingWarnings,
} from "./create.ts";
import { checkPeerFolder, refused } from "./folder.ts";
import { forgetFolder } from "./known-folder.ts";
import { firstAgentic, folderPath, profileFor, usage, type PeerTraits } from "./spec.ts";

/** `folder` is absolute. Without a runtime, the first agentic one is taken. */
export async function initPeer(
  host: Host,
  folder: string,
  options: Partial<PeerTraits> & BirthOptions = {},
): Promise<Result<CreateOutcome, IapeerError>> {
  const { interrupted, ...traits } = options;
  const birth = interrupted === undefined ? {} : { interrupted };
  const cwd = folderPath(host, folder);
  if (!cwd.ok) return cwd;
  const usable = checkPeerFolder(host, cwd.value, ANOTHER);
  if (!usable.ok) return usable;
  const found = readProfile(host, cwd.value);
  if (found.state === "ok") {
    const isAsked = Object.keys(traits).length > 0;
    return adopt(host, { ...found.profile, cwd: cwd.value }, { ...birth, isAsked });
  }
  if (found.state !== "missing") return err(refused(cwd.value, found.detail, ANOTHER));
  const name = normaliseName(basename(cwd.value));
  if (!name.ok) return err(badFolderName(cwd.value, name.error));
  const runtime = traits.runtime ?? firstAgentic(host);
  const profile = profileFor(host, name.value, { ...traits, runtime });
  if (!profile.ok) return profile;
  const env = traits.env ?? {};
  const asked = `iapeer init ${shellWord(cwd.value)}`;
  const entry = { ...profile.value, cwd: cwd.value };
  const otherwise = named(cwd.value);
  return registerNew(host, entry, { ...birth, env, asked, elsewhere: ANOTHER, otherwise });
}

const ANOTHER = "iapeer init <another folder>";

const named = (cwd: string): string => `iapeer create <name> --cwd ${shellWord(cwd)}`;

/** The reason without its own advice, which does not know the folder. */
function badFolderName(cwd: string, error: string): IapeerError {
  const why = error.slice(0, error.lastIndexOf("; "));
  return usage("bad-folder-name", why, named(cwd));
}

async function adopt(
  host: Host,
  entry: RegistryEntry,
  { interrupted, isAsked }: BirthOptions & { readonly isAsked: boolean },
): Promise<Result<CreateOutcome, IapeerError>> {
  let state: CreateOutcome["state"] = "adopted";
  let was: string | undefined;
  const changed = await changeRegistry(host, (registry) => {
    const standing = standingOf(host, registry, entry);
    if (!standing.ok) return standing;
    state = standing.value;
    was = registry.peers.find((peer) => peer.personality === entry.personality)?.cwd;
    const others = registry.peers.filter((peer) => peer.personality !== entry.personality);
    return ok({ ...registry, peers: [...others, entry] });
  });
  if (!changed.ok) return changed;
  const warnings = [...(await standingWarnings(host, entry))];
  if (was !== undefined && was !== entry.cwd) {
    warnings.push(...(await forgetFolder(host, { ...entry, cwd: was })));
  }
  if (isAsked) {
    warnings.push("the folder's own profile was kept: options given now were not applied to it");
  }
  if (isAlready(state)) return ok({ state, entry, warnings });
  const memory = await provisionBirth(host, entry, interrupted);
  return ok({ state, entry, warnings: [...warnings, ...memory.warnings], memory });
}

/** Nothing was born then. A function, since the compiler does not see the change in a closure. */
const isAlready = (state: CreateOutcome["state"]): boolean => state === "already";

/** What the registry says about a profile that was found in a folder. */
function standingOf(
  host: Host,
  registry: Registry,
  entry: RegistryEntry,
): Result<CreateOutcome["state"], IapeerError> {
  const tenant = registry.peers.find((peer) => peer.cwd === entry.cwd);
  if (tenant !== undefined && tenant.personality !== entry.personality) {
    return err(renamedByHand(tenant, entry));
  }
  const namesake = registry.peers.find((peer) => peer.personality === entry.personality);
  if (namesake === undefined) return ok("adopted");
  if (namesake.cwd === entry.cwd) return ok("already");
  const there = readProfile(host, namesake.cwd);
  // A folder that is gone, or no longer this peer's, has moved: here it is.
  const left = there.state === "missing" ||
    (there.state === "ok" && there.profile.personality !== entry.personality);
  if (left) return ok("moved");
  const copied = peerLayout(entry.cwd).profile;
  return err(nameTaken(namesake, `delete the copied ${copied} and run iapeer init again`));
}

function renamedByHand(tenant: RegistryEntry, entry: RegistryEntry): IapeerError {
  return new IapeerError({
    code: "profile-renamed",
    what: `${entry.cwd} is registered as ${tenant.personality}`,
    why: `its profile says ${entry.personality}`,
    next: `iapeer rename ${tenant.personality} ${entry.personality}`,
  });
}
