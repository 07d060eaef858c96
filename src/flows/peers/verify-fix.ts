// `verify --fix` (storage contract): the profiles are the truth and the registry is projected
// from them again; state of nobody is purged. Nothing that does not parse is overwritten.

import type { IapeerError } from "../../core/error.ts";
import { peerLayout } from "../../core/layout.ts";
import type { Identity, Personality } from "../../core/names.ts";
import type { Registry, RegistryEntry } from "../../core/profile.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { readDoc } from "../storage/identity-doc.ts";
import { readOwn, setAside } from "../storage/own-file.ts";
import { readProfile, writeProfile } from "../storage/profile.ts";
import { changeRegistry } from "../storage/registry.ts";
import { prepareRoot } from "../storage/root.ts";
import { replaceEntry } from "./change.ts";
import { finishRenames } from "./cut-rename.ts";
import { FIX, type Finding, type VerifyReport } from "./finding.ts";
import { followFolder } from "./known-folder.ts";
import { clearLeftovers } from "./purge.ts";
import { verify } from "./verify.ts";
import { findingsAboutPeers, movedTo, strayFolders } from "./verify-peers.ts";

export interface FixReport {
  readonly schema: "iapeer.verify-fix.v1";
  readonly fixed: readonly Finding[];
  /** What is still to be found, and what a person has to do about it. */
  readonly left: VerifyReport;
}

export interface Rename {
  readonly from: Personality;
  readonly to: Personality;
  /** Its folder stays where it is. */
  readonly cwd: string;
}

/**
 * How a peer gets the name that its profile has by now: through whoever supervises the root, since
 * its sessions and their records go by that name.
 */
export type GiveName = (rename: Rename) => Promise<Result<unknown, IapeerError>>;

/** Safe to repeat, and to interrupt: every step leaves the root no worse than it was. */
export async function verifyFix(
  host: Host,
  giveName: GiveName,
): Promise<Result<FixReport, IapeerError>> {
  const before = verify(host);
  const prepared = prepareRoot(host);
  if (!prepared.ok) return prepared;
  const was: RegistryEntry[] = [];
  const projected = await changeRegistry(host, (registry) => {
    was.push(...registry.peers);
    return ok(projectAgain(host, registry));
  });
  if (!projected.ok) return projected;
  await followFolders(host, was, projected.value.peers);
  const refusals = await followNames(host, projected.value, giveName);
  // With the registry locked: a rename that is under way is not one that was cut off.
  const settled = await changeRegistry(host, ok, () => {
    finishRenames(host);
    for (const finding of verify(host).findings) fixState(host, finding);
  });
  if (!settled.ok) return settled;
  const left = withRefusals(verify(host), refusals);
  const still = new Set(left.findings.map(keyOf));
  const fixed = before.findings.filter((finding) => !still.has(keyOf(finding)));
  for (const { code, path, peer, detail } of fixed) {
    host.log.write("lifecycle", { ev: "verify-fix", fields: { code, peer, path, detail } });
  }
  return ok({ schema: "iapeer.verify-fix.v1", fixed, left });
}

type Refusals = ReadonlyMap<string, IapeerError>;

async function followNames(
  host: Host,
  registry: Registry,
  giveName: GiveName,
): Promise<Refusals> {
  const refusals = new Map<string, IapeerError>();
  for (const { code, path: cwd } of findingsAboutPeers(host, registry)) {
    const entry = registry.peers.find((peer) => peer.cwd === cwd);
    const read = readProfile(host, cwd);
    if (code !== "profile-renamed" || entry === undefined || read.state !== "ok") continue;
    const from = entry.personality;
    const named = await giveName({ from, to: read.profile.personality, cwd });
    if (!named.ok) refusals.set(cwd, named.error);
  }
  return refusals;
}

/** What stands in the way of a name is told where the finding is. */
function withRefusals(report: VerifyReport, refusals: Refusals): VerifyReport {
  const findings = report.findings.map((finding) => {
    const why = finding.code === "profile-renamed" ? refusals.get(finding.path) : undefined;
    if (why === undefined) return finding;
    const detail = `${finding.detail}, and it has not got that name: ${why.message}`;
    return { ...finding, detail, next: `${why.next}; then: ${FIX}` };
  });
  return { ...report, findings };
}

/** Best effort, as at a birth; what is not trusted is asked for at the next launch. */
async function followFolders(
  host: Host,
  was: readonly RegistryEntry[],
  now: readonly RegistryEntry[],
): Promise<void> {
  for (const entry of now) {
    const old = was.find(({ personality }) => personality === entry.personality);
    if (old !== undefined && old.cwd !== entry.cwd) await followFolder(host, entry, old.cwd);
  }
}

const keyOf = (finding: Finding): string =>
  JSON.stringify([finding.code, finding.path, finding.peer ?? null]);

/** The findings are made again inside the lock, on the registry that is there now. */
function projectAgain(host: Host, registry: Registry): Registry {
  let next = registry;
  for (const finding of findingsAboutPeers(host, registry)) {
    if (!finding.fixable) continue;
    if (finding.code === "unregistered-folder") {
      next = register(host, next, finding.path);
      continue;
    }
    const entry = next.peers.find((peer) => peer.cwd === finding.path);
    if (entry !== undefined) next = fixPeer(host, { registry: next, entry, finding });
  }
  return next;
}

interface PeerFix {
  readonly registry: Registry;
  readonly entry: RegistryEntry;
  readonly finding: Finding;
}

function fixPeer(host: Host, fix: PeerFix): Registry {
  const { registry, entry, finding } = fix;
  switch (finding.code) {
    case "profile-missing":
      writeProfile(host, entry.cwd, { profile: entry, extra: {} });
      return registry;
    case "profile-corrupt":
      return restoreProfile(host, fix);
    case "profile-differs": {
      const read = readProfile(host, entry.cwd);
      if (read.state !== "ok") return registry;
      return replaceEntry(registry, entry, { ...read.profile, cwd: entry.cwd });
    }
    case "folder-moved": {
      const moved = movedTo(strayFolders(host, registry), entry);
      if (moved === null || moved.read.state !== "ok") return registry;
      return replaceEntry(registry, entry, { ...moved.read.profile, cwd: moved.cwd });
    }
    default:
      return registry;
  }
}

/** The projection is all that is known of it; unknown fields stay in the copy moved aside. */
function restoreProfile(host: Host, fix: PeerFix): Registry {
  const { profile } = peerLayout(fix.entry.cwd);
  const aside = setAside(host, profile, "corrupt");
  if (aside.state === "ok") {
    writeProfile(host, fix.entry.cwd, { profile: fix.entry, extra: {} });
  }
  return fix.registry;
}

function register(host: Host, registry: Registry, cwd: string): Registry {
  const read = readProfile(host, cwd);
  if (read.state !== "ok") return registry;
  const { personality } = read.profile;
  if (registry.peers.some((peer) => peer.personality === personality)) return registry;
  return { ...registry, peers: [...registry.peers, { ...read.profile, cwd }] };
}

function fixState(host: Host, finding: Finding): void {
  switch (finding.code) {
    case "doc-corrupt":
      readDoc(host, finding.peer as Identity);
      return;
    case "orphan-state":
      // Looks once more whether a session runs, since time has passed.
      clearLeftovers(host, finding.peer as Identity);
      return;
    case "temporary-file":
      host.files.remove(finding.path);
      return;
    case "launch-env-mode": {
      const read = readOwn(host, finding.path);
      if (read.state === "ok") host.files.writeAtomic(finding.path, read.text, { mode: 0o600 });
      return;
    }
    default:
      return;
  }
}
