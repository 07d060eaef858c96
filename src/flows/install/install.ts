// `iapeer install`, `update` and `rollback` (service-manager contract): the manifest says what is
// about to be made before it is, so that whatever a run was cut off at can be completed or undone.

import { buildVersion, ownSource, versionIn, versionOf } from "./build.ts";
import { doesStart } from "./does-start.ts";
import { foldersAbove, inTurn } from "./in-turn.ts";
import { launcherObstacle, type Launched } from "./launcher.ts";
import { dropLeftovers, removeAny } from "./leftovers.ts";
import { replacedBy } from "./link-back.ts";
import { placeTools, readManifest, switchTo, writeManifest } from "./place-program.ts";
import { renewService, type Renewed } from "./renew-service.ts";
import { IapeerError } from "../../core/error.ts";
import { ENTRY, installLayout } from "../../core/install-layout.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { InstallManifest } from "../../formats/install-manifest.ts";
import { quoteSh } from "../../formats/sh-quote.ts";
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
  verb: "install" | "update" = "install",
): Promise<Result<Installation, IapeerError>> {
  const { host } = context;
  const before = readManifest(host);
  const source = spec.from ?? ownSource(host) ?? before?.source;
  if (source === undefined) return err(noSource(verb));
  const version = versionOf(host, source, verb);
  if (!version.ok) return version;
  const again = spec.from === undefined ? verb : `${verb} --from ${quoteSh(source)}`;
  const against = launcherObstacle(host, { source, again });
  if (against !== null) return err(against);
  return inTurn(host, async (folders) => {
    const note = (build: string) => noteBeforehand(host, { build, source, folders });
    const built = await buildVersion(host, { source, version: version.value, note });
    if (!built.ok) return built;
    return putInUse(context, { build: built.value, source, again, folders });
  });
}

/** Only what has been installed can be updated. */
export async function updateProgram(
  context: ServiceContext,
  spec: InstallSpec,
): Promise<Result<Installation, IapeerError>> {
  if (readManifest(context.host) === null) return err(notThere());
  return installProgram(context, spec, "update");
}

export async function rollBack(
  context: ServiceContext,
): Promise<Result<Installation, IapeerError>> {
  const { host } = context;
  if (readManifest(host) === null) return err(notThere());
  return inTurn(host, async (folders) => {
    const before = readManifest(host);
    const previous = before?.previous ?? null;
    if (before === null || previous === null) return err(nothingBefore());
    const there = host.files.stat(installLayout(host.facts.home).version(previous));
    if (there.state !== "ok") return err(nothingBefore());
    const starts = await doesStart(host, {
      main: `${installLayout(host.facts.home).version(previous)}/${ENTRY}`,
      version: versionIn(previous),
      called: previous,
      next: OTHER_SOURCE,
    });
    if (!starts.ok) return starts;
    const { source } = before;
    const wanted = { build: previous, source, again: "rollback", folders, isBack: true };
    const used = await putInUse(context, wanted);
    return used.ok ? ok({ ...used.value, state: "rolled-back" }) : used;
  });
}

interface Wanted extends Launched {
  readonly build: string;
  /** Folders that this run is the first to make. */
  readonly folders: readonly string[];
  /** A rollback. */
  readonly isBack?: boolean;
}

async function putInUse(
  context: ServiceContext,
  wanted: Wanted,
): Promise<Result<Installation, IapeerError>> {
  const { host } = context;
  const before = readManifest(host);
  // The manifest names what is about to be made, also the first version before it is in use.
  const { bun, current } = installLayout(host.facts.home);
  const wasInUse = host.files.stat(current).state === "ok";
  const bunBefore = inodeOf(host, bun);
  const next = manifestFor(host, before, wanted);
  const noted = noteBeforehand(host, wanted);
  if (!noted.ok) return noted;
  const placed = await placeTools(host, wanted);
  if (!placed.ok) return placed;
  const switched = await switchTo(host, wanted.build);
  if (!switched.ok) return switched;
  const written = prune(host, next);
  if (!written.ok) return written;
  const unchanged = wasInUse && before?.current === wanted.build;
  const isSameBun = bunBefore === inodeOf(host, bun);
  const renewed = await renewService(context, {
    build: wanted.build,
    previous: next.previous,
    isBack: wanted.isBack === true,
    unchanged: unchanged && isSameBun && !before.unfinished,
  });
  if (!renewed.ok) return renewed;
  // Best effort: where it cannot be written, the next run restarts what it could leave alone.
  writeManifest(host, { ...(readManifest(host) ?? next), unfinished: false });
  return ok({
    state: !wasInUse ? "installed" : unchanged ? "unchanged" : "updated",
    build: wanted.build,
    previous: next.previous,
    launcher: installLayout(host.facts.home).launcher,
    daemon: renewed.value,
  });
}

function inodeOf({ files }: Host, path: string): number | null {
  const stat = files.stat(path);
  return stat.state === "ok" ? stat.inode : null;
}

/**
 * Known before it is made: an uninstall after a power cut finds all of it. Which version is in
 * use is written only once it is.
 */
function noteBeforehand(host: Host, wanted: Omit<Wanted, "again">): Result<void, IapeerError> {
  const before = readManifest(host);
  const next = manifestFor(host, before, wanted);
  const { current, previous } = before ?? { ...next, previous: null };
  return writeManifest(host, { ...next, current, previous, made: bothMade(before, next) });
}

const bothMade = (before: InstallManifest | null, next: InstallManifest): readonly string[] => [
  ...new Set([...(before?.made ?? []), ...next.made]),
];

function manifestFor(
  host: Host,
  before: InstallManifest | null,
  { build, source, folders }: Omit<Wanted, "again">,
): InstallManifest {
  const { share, bun, launcher, current, manifest, version } = installLayout(host.facts.home);
  const previous = before === null || before.current === build ? before?.previous : before.current;
  const kept = [build, previous].flatMap((name) => (name ? [version(name)] : []));
  const above = foldersAbove(host).filter(
    (dir) => folders.includes(dir) || before?.made.includes(dir) === true,
  );
  const made = [...above, share, bun, launcher, current, manifest, ...kept];
  const replaced = replacedBy(host, source) ?? before?.replaced;
  const link = replaced === undefined ? {} : { replaced };
  return { current: build, previous: previous ?? null, source, made, unfinished: true, ...link };
}

/** Versions of before that neither is in use nor can be gone back to; forgotten once gone. */
function prune(host: Host, next: InstallManifest): Result<void, IapeerError> {
  const { share } = installLayout(host.facts.home);
  const made = bothMade(readManifest(host), next);
  const written = writeManifest(host, { ...next, made });
  if (!written.ok) return written;
  dropLeftovers(host);
  const old = made.filter((path) => path.startsWith(`${share}/`) && !next.made.includes(path));
  const left = old.filter((path) => !removeAny(host, path));
  return writeManifest(host, { ...next, made: [...next.made, ...left] });
}

const noSource = (verb: "install" | "update"): IapeerError =>
  new IapeerError({
    code: "no-source",
    what: "there is no source folder to build from",
    why: "this program runs from a bundle, and nothing says what it was built from",
    next: `name the folder: iapeer ${verb} --from DIR`,
    exit: 2,
  });

const notThere = (): IapeerError =>
  new IapeerError({
    code: "nothing-installed",
    what: "iapeer is not installed for this user",
    next: "iapeer install, from a checkout",
  });

const OTHER_SOURCE = "iapeer update --from DIR puts another one in use";

const nothingBefore = (): IapeerError =>
  new IapeerError({
    code: "no-previous-version",
    what: "there is no version to go back to",
    next: OTHER_SOURCE,
  });
