// `iapeer uninstall`: exactly what install made, by its manifest; peers' folders and data stay
// unless they are asked for by name (service-manager contract).

import { inTurn } from "./in-turn.ts";
import { deleting, keeping } from "./data-plan.ts";
import { deleteContent } from "./delete-content.ts";
import { dropLeftovers, removeAny, removeEmpty } from "./leftovers.ts";
import { usedElsewhere } from "./used-elsewhere.ts";
import { linkBack, putLinkBack } from "./link-back.ts";
import { madeBy, unlisted } from "./made.ts";
import { IapeerError } from "../../core/error.ts";
import { installLayout } from "../../core/install-layout.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import { serviceError } from "../service/answers.ts";
import type { ServiceContext } from "../service/context.ts";
import { uninstallDaemon } from "../service/daemon-service.ts";
import { heldDaemons, releasing } from "../service/held-jobs.ts";
import { leaveFolder } from "../peers/known-folder.ts";
import { registered, usableRegistry } from "../peers/find.ts";
import { livingSessions } from "../peers/living.ts";
import { calledAtRemoval } from "../provision/account.ts";
import { type LeaveTaken, unprovisionAll } from "../provision/leave-all.ts";
import { isInPeers, ownContent, stayingIn } from "../storage/root-content.ts";

export interface UninstallSpec {
  /** The whole root too, with the peers' folders that are in it. */
  readonly deleteData: boolean;
  /** Aborted while a memory provider is called: nothing is deleted. */
  readonly interrupted?: AbortSignal;
}

export interface UninstallPlan {
  /** Sentences, in the order in which they are done. */
  readonly actions: readonly string[];
  /** Pids of the daemons among it. */
  readonly daemons: readonly number[];
  /** Nothing is installed, and nothing is held. */
  readonly isEmpty: boolean;
  /** What it would be refused for as things are; null: nothing stands in its way. */
  readonly against: IapeerError | null;
}

export async function planUninstall(
  context: ServiceContext,
  spec: UninstallSpec,
): Promise<UninstallPlan> {
  const { host } = context;
  const { paths, folders } = madeBy(host);
  const { launcher } = installLayout(host.facts.home);
  const target = linkBack(host);
  const daemons = await heldDaemons(context);
  const peers = registered(host);
  const inside = peers.filter(isInPeers(host.layout));
  const staying = spec.deleteData ? stayingIn(host, ownContent(host, peers)) : [];
  const data = spec.deleteData ? deleting(host, inside, staying) : keeping(host);
  const hindrance = spec.deleteData ? await aliveInside(context, daemons) : null;
  // The root as a whole is kept or goes; what is said of it holds for the folders in it.
  const outside = peers.filter((peer) => !inside.includes(peer) && !staying.includes(peer.cwd));
  const going = [
    ...releasing(context, daemons),
    ...(spec.deleteData ? calls(host, peers) : []),
    ...(target === null ? [] : [`link ${launcher} to ${target} again, as before install`]),
    ...paths
      .filter((path) => target === null || path !== launcher)
      .map((path) => `delete ${path}`),
    ...folders.map((dir) => `delete ${dir}, if nothing else is in it`),
    ...unlisted(host).map((path) => `leave ${path}: no manifest says that install made it`),
  ];
  return {
    daemons,
    actions: [...going, ...data, ...outside.map(({ cwd }) => `keep ${cwd}`)],
    isEmpty: going.length === 0 && !spec.deleteData,
    against: usedElsewhere(context) ?? unusableRegistry(host) ?? hindrance,
  };
}

/** Who is alive in what would be deleted; `daemons` are ended before that. */
async function aliveInside(
  { host, daemon }: ServiceContext,
  daemons: readonly number[],
): Promise<IapeerError | null> {
  const { pid } = await daemon.status();
  const isLeft = pid !== undefined && !daemons.includes(pid);
  return stillAlive(host) ?? (isLeft ? daemonRuns(pid) : null);
}

const calls = (host: Host, peers: readonly RegistryEntry[]): readonly string[] =>
  peers.flatMap((peer) => {
    const call = calledAtRemoval(host, peer);
    return call === null ? [] : [`${call} of ${peer.personality}`];
  });

export interface Uninstalled {
  readonly deleted: readonly string[];
  /** What the launcher's place leads to again, if there was a link before install. */
  readonly linked?: string;
  /** What came of each call of the memory provider that went well. */
  readonly told: readonly string[];
  /** What others' settings may still hold of the peers that went. */
  readonly warnings: readonly string[];
  /** What is in the root all the same: iapeer did not make it. */
  readonly kept?: readonly string[];
}

/** Refused while a session of what would be deleted may be alive. */
export async function uninstall(
  context: ServiceContext,
  spec: UninstallSpec,
): Promise<Result<Uninstalled, IapeerError>> {
  const { host } = context;
  const against =
    usedElsewhere(context) ??
    unusableRegistry(host) ??
    (spec.deleteData ? stillAlive(host) : null);
  if (against !== null) return err(against);
  const released = await uninstallDaemon(context);
  if (released.state !== "not-loaded") return err(serviceError(released, "a job is still held"));
  const unknown = unlisted(host);
  if (unknown.length > 0) return err(notListed(unknown));
  if (spec.deleteData) {
    const { pid } = await context.daemon.status();
    const since = pid === undefined ? stillAlive(host) : daemonRuns(pid);
    if (since !== null) return err(since);
  }
  const leave = spec.deleteData ? await takeLeave(host, spec.interrupted ?? NEVER) : NO_LEAVE;
  if (leave === "cut") return err(cutOff());
  const { folders } = madeBy(host);
  const none = { paths: [], linked: null };
  const removed = folders.length === 0 ? ok(none) : await inTurn(host, () => removeMade(host));
  if (!removed.ok) return removed;
  const since = unlisted(host);
  if (since.length > 0) return err(notListed(since));
  const { paths, linked } = removed.value;
  const gone = [...paths, ...folders.filter((dir) => removeEmpty(host, dir))];
  const { told } = leave;
  const link = linked === null ? {} : { linked };
  if (!spec.deleteData) return ok({ deleted: gone, told, ...link, warnings: [] });
  const warnings = [...leave.warnings];
  for (const peer of registered(host)) warnings.push(...(await leaveFolder(host, peer)));
  const data = deleteContent(host, registered(host));
  if (!data.ok) return err(notRemoved(data.error));
  const { deleted, kept } = data.value;
  const account = { deleted: [...gone, ...deleted], told, ...link, warnings };
  return ok(kept.length === 0 ? account : { ...account, kept });
}

const NEVER = new AbortController().signal;
const NO_LEAVE: LeaveTaken = { told: [], warnings: [] };

/** While all is there yet that a provider may ask for, and that a run cut off is repeated with. */
async function takeLeave(host: Host, interrupted: AbortSignal): Promise<LeaveTaken | "cut"> {
  const taken = await unprovisionAll(host, registered(host), interrupted);
  return interrupted.aborted ? "cut" : taken;
}

interface Removed {
  readonly paths: readonly string[];
  readonly linked: string | null;
}

/** What cannot be deleted stays in the manifest, for the next run. */
async function removeMade(host: Host): Promise<Result<Removed, IapeerError>> {
  const { manifest } = installLayout(host.facts.home);
  // First: the program that does it may go with the rest, and can load nothing more then.
  const linked = await putLinkBack(host);
  const { paths } = madeBy(host);
  const gone = paths.filter((path) => path !== manifest && removeAny(host, path));
  dropLeftovers(host);
  const left = paths.filter((path) => path !== manifest && !gone.includes(path));
  if (left.length > 0) return err(notRemoved(left));
  if (!removeAny(host, manifest)) return err(notRemoved([manifest]));
  return ok({ paths, linked });
}

const notRemoved = (paths: readonly string[]): IapeerError =>
  new IapeerError({
    code: "not-removed",
    what: "not all of it could be deleted",
    why: paths.join(", "),
    next: "make them deletable, and uninstall again: it goes on where it ended",
  });

const notListed = (paths: readonly string[]): IapeerError =>
  new IapeerError({
    code: "not-removed",
    what: "what install made is left, since no manifest that can be read names it",
    why: paths.join(", "),
    next: "iapeer install --from DIR writes the manifest again; then uninstall, or delete these",
  });

const cutOff = (): IapeerError =>
  new IapeerError({
    code: "uninstall-cut-off",
    what: "interrupted while the memory provider was told of the peers that go",
    why: "nothing was deleted yet; the jobs of service managers are released",
    next: "uninstall again: whoever was told already is told again",
  });

const daemonRuns = (pid: number): IapeerError =>
  new IapeerError({
    code: "daemon-running",
    what: `a daemon (pid ${pid}) runs in a terminal, and works in what would be deleted`,
    next: "end it there, or: iapeer daemon stop; then uninstall again",
  });

const NAMED_MAX = 10;

function named(identities: readonly string[]): string {
  const more = identities.length - NAMED_MAX;
  const said = identities.slice(0, NAMED_MAX).join(", ");
  return more > 0 ? `${said}, and ${more} more` : said;
}

/** Whoever has a record or a socket here, registered or not. */
function stillAlive(host: Host): IapeerError | null {
  const sessions = livingSessions(host, registered(host));
  if (sessions.length === 0) return null;
  return new IapeerError({
    code: "session-running",
    what: "sessions are alive, or may be, and their data would be deleted under them",
    why: named(sessions),
    next: "iapeer stop --all --yes, then uninstall again; nothing was deleted",
  });
}

/** Nobody knows then whose sessions and folders these are. */
function unusableRegistry(host: Host): IapeerError | null {
  const read = usableRegistry(host);
  return read.ok ? null : read.error;
}
