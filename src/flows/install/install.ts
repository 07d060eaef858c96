// `iapeer install`, `update` and `rollback` (service-manager contract): the manifest says what is
// about to be made before it is, so that whatever a run was cut off at can be completed or undone.

import { buildVersion, ownSource } from "./build.ts";
import { notPlaced, placeTools, readManifest, switchTo, writeManifest } from "./place-program.ts";
import { renewService, type Renewed } from "./renew-service.ts";
import { IapeerError } from "../../core/error.ts";
import { installLayout } from "../../core/install-layout.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { InstallManifest } from "../../formats/install-manifest.ts";
import type { Host } from "../../ports/host.ts";
import type { ServiceContext } from "../service/context.ts";

export interface Installation {
  readonly state: "installed" | "updated" | "unchanged" | "rolled-back";
  readonly build: string;
  readonly previous: string | null;
  readonly launcher: string;
  readonly daemon: Renewed;
}

/** Absent: the running program's own source, else the one it was built from before. */
export interface InstallSpec {
  readonly from?: string;
}

export async function installProgram(
  context: ServiceContext,
  spec: InstallSpec,
): Promise<Result<Installation, IapeerError>> {
  const { host } = context;
  const before = readManifest(host);
  const source = spec.from ?? ownSource(host) ?? before?.source;
  if (source === undefined) return err(noSource());
  return inTurn(host, async () => {
    const built = await buildVersion(host, source);
    if (!built.ok) return built;
    return putInUse(context, { build: built.value, source });
  });
}

/** Only what has been installed can be updated. */
export async function updateProgram(
  context: ServiceContext,
  spec: InstallSpec,
): Promise<Result<Installation, IapeerError>> {
  if (readManifest(context.host) === null) return err(notThere());
  return installProgram(context, spec);
}

export async function rollBack(
  context: ServiceContext,
): Promise<Result<Installation, IapeerError>> {
  const { host } = context;
  return inTurn(host, async () => {
    const before = readManifest(host);
    const previous = before?.previous ?? null;
    if (before === null || previous === null) return err(nothingBefore());
    const there = host.files.stat(installLayout(host.facts.home).version(previous));
    if (there.state !== "ok") return err(nothingBefore());
    const { source } = before;
    const used = await putInUse(context, { build: previous, source });
    return used.ok ? ok({ ...used.value, state: "rolled-back" }) : used;
  });
}

/** Two installs at once would each take the other's version for the one before. */
async function inTurn<T>(
  host: Host,
  work: () => Promise<Result<T, IapeerError>>,
): Promise<Result<T, IapeerError>> {
  const { share, manifest } = installLayout(host.facts.home);
  const made = host.files.makeFolder(share);
  if (made.state === "failed") return err(notPlaced(`${share}: ${made.detail}`));
  const locked = await host.lock.withLock(manifest, work);
  return locked.ok ? locked.value : err(notPlaced(locked.error));
}

interface Wanted {
  readonly build: string;
  readonly source: string;
}

async function putInUse(
  context: ServiceContext,
  wanted: Wanted,
): Promise<Result<Installation, IapeerError>> {
  const { host } = context;
  const before = readManifest(host);
  const next = manifestFor(host, before, wanted);
  // Known before it is made: an uninstall after a power cut finds all of it.
  const noted = writeManifest(host, { ...next, ...keptInUse(before, next) });
  if (!noted.ok) return noted;
  const placed = await placeTools(host);
  if (!placed.ok) return placed;
  const switched = await switchTo(host, wanted.build);
  if (!switched.ok) return switched;
  const written = writeManifest(host, next);
  if (!written.ok) return written;
  prune(host, next);
  const renewed = await renewService(context, wanted.build);
  if (!renewed.ok) return renewed;
  const unchanged = before?.current === wanted.build;
  return ok({
    state: before === null ? "installed" : unchanged ? "unchanged" : "updated",
    build: wanted.build,
    previous: next.previous,
    launcher: installLayout(host.facts.home).launcher,
    daemon: renewed.value,
  });
}

/** Which is in use is written only once it is. */
const keptInUse = (
  before: InstallManifest | null,
  next: InstallManifest,
): Pick<InstallManifest, "current" | "previous"> => ({
  current: before?.current ?? next.current,
  previous: before?.previous ?? null,
});

function manifestFor(
  host: Host,
  before: InstallManifest | null,
  { build, source }: Wanted,
): InstallManifest {
  const { share, bun, launcher, current, manifest, version } = installLayout(host.facts.home);
  const previous = before === null || before.current === build ? before?.previous : before.current;
  const kept = [build, previous].flatMap((name) => (name ? [version(name)] : []));
  const made = [share, bun, launcher, current, manifest, ...kept];
  return { current: build, previous: previous ?? null, source, made };
}

/** All but the two that can be used, and what cut-off runs have left. */
function prune(host: Host, { current, previous }: InstallManifest): void {
  const { share } = installLayout(host.facts.home);
  const listed = host.files.list(share);
  const keep = new Set([current, previous, "bin", "current", "manifest.json"]);
  for (const name of "names" in listed ? listed.names : []) {
    if (keep.has(name) || name.startsWith("manifest.json")) continue;
    const path = `${share}/${name}`;
    const isFolder = host.files.stat(path);
    if (isFolder.state !== "ok") continue;
    if (isFolder.kind === "folder") host.files.removeTree(path);
    else host.files.remove(path);
  }
}

const noSource = (): IapeerError =>
  new IapeerError({
    code: "no-source",
    what: "there is no source folder to build from",
    why: "this program runs from a bundle, and nothing says what it was built from",
    next: "name the folder: iapeer update --from DIR",
    exit: 2,
  });

const notThere = (): IapeerError =>
  new IapeerError({
    code: "nothing-installed",
    what: "iapeer is not installed for this user",
    next: "iapeer install, from a checkout",
  });

const nothingBefore = (): IapeerError =>
  new IapeerError({
    code: "no-previous-version",
    what: "there is no version to go back to",
    next: "iapeer update --from DIR puts another one in use",
  });
