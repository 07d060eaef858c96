// `iapeer uninstall`: exactly what install made, by its manifest; peers' folders and data stay
// unless they are asked for by name (service-manager contract).

import { dirname } from "node:path";
import { isLauncher, readManifest } from "./place-program.ts";
import { IapeerError } from "../../core/error.ts";
import { installLayout } from "../../core/install-layout.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { serviceError } from "../service/answers.ts";
import type { ServiceContext } from "../service/context.ts";
import { uninstallDaemon } from "../service/daemon-service.ts";
import { held, registered } from "../service/held-jobs.ts";
import { identityOf } from "../../core/names.ts";
import { sessionLiveness } from "../peers/purge.ts";

export interface UninstallSpec {
  /** The whole root too, with the peers' folders that are in it. */
  readonly deleteData: boolean;
}

export interface UninstallPlan {
  /** Sentences, in the order in which they are done. */
  readonly actions: readonly string[];
  readonly paths: readonly string[];
}

export function planUninstall(context: ServiceContext, spec: UninstallSpec): UninstallPlan {
  const { host } = context;
  const paths = madePaths(host);
  const inside = registered(host).filter(({ cwd }) => cwd.startsWith(`${host.layout.root}/`));
  const data = spec.deleteData
    ? [
        `delete ${host.layout.root}, with the registry, state and logs`,
        ...inside.map(({ personality, cwd }) => `delete ${personality}'s folder ${cwd}`),
      ]
    : [`keep ${host.layout.root}: peers, their folders, state and logs`];
  const outside = registered(host).filter((peer) => !inside.includes(peer));
  return {
    paths,
    actions: [
      ...held(context).map((path) => `end its job and delete ${path}`),
      ...paths.map((path) => `delete ${path}`),
      ...data,
      ...outside.map(({ cwd }) => `keep ${cwd}`),
    ],
  };
}

/** Only what is there, deepest first; a launcher that somebody replaced is theirs. */
function madePaths(host: Host): readonly string[] {
  const { share, launcher } = installLayout(host.facts.home);
  const made = readManifest(host)?.made ?? [];
  const isOurs = (path: string) =>
    path === launcher
      ? isLauncher(host.files.read(path))
      : path === share || path.startsWith(`${share}/`);
  const there = made.filter((path) => host.files.stat(path).state === "ok" && isOurs(path));
  return [...new Set(there)].toSorted((a, b) => b.length - a.length);
}

/** Refused while a session of what would be deleted may be alive. */
export async function uninstall(
  context: ServiceContext,
  spec: UninstallSpec,
): Promise<Result<readonly string[], IapeerError>> {
  const { host } = context;
  const { paths } = planUninstall(context, spec);
  const released = await uninstallDaemon(context);
  if (released.state !== "not-loaded") return err(serviceError(released, "a job is still held"));
  if (spec.deleteData) {
    const { pid } = await context.daemon.status();
    if (pid !== undefined) return err(daemonRuns(pid));
    const alive = living(host);
    if (alive.length > 0) return err(stillAlive(alive));
  }
  const gone: string[] = [];
  const { share } = installLayout(host.facts.home);
  for (const path of paths.filter((one) => one !== share)) {
    if (removeAny(host, path)) gone.push(path);
  }
  if (paths.includes(share)) removeShare(host, gone);
  if (spec.deleteData && host.files.removeTree(host.layout.root).state === "ok") {
    gone.push(host.layout.root);
  }
  return ok(gone);
}

function removeAny(host: Host, path: string): boolean {
  const stat = host.files.stat(path);
  if (stat.state !== "ok") return false;
  const removed =
    stat.kind === "folder" ? host.files.removeTree(path) : host.files.remove(path);
  return removed.state === "ok";
}

/** The folder itself only when nothing of anybody else's is in it. */
function removeShare(host: Host, gone: string[]): void {
  const { share, bun } = installLayout(host.facts.home);
  dropStaging(host, share, /^\.(?:building|current)-/);
  dropStaging(host, dirname(bun), /^bun\./);
  for (const dir of [dirname(bun), share]) {
    const listed = host.files.list(dir);
    const isEmpty = "names" in listed && listed.names.length === 0;
    if (isEmpty && host.files.removeTree(dir).state === "ok") gone.push(dir);
  }
}

/** What a run that was cut off has left half made. */
function dropStaging(host: Host, dir: string, name: RegExp): void {
  const listed = host.files.list(dir);
  for (const found of "names" in listed ? listed.names : []) {
    if (name.test(found)) removeAny(host, `${dir}/${found}`);
  }
}

function living(host: Host): readonly string[] {
  return registered(host).flatMap(({ personality, runtimes }) =>
    runtimes
      .map((runtime) => identityOf(runtime, personality))
      .filter((identity) => sessionLiveness(host, identity) !== "dead"),
  );
}

const daemonRuns = (pid: number): IapeerError =>
  new IapeerError({
    code: "daemon-running",
    what: `a daemon (pid ${pid}) runs in a terminal, and works in what would be deleted`,
    next: "end it there, or: iapeer daemon stop; then uninstall again",
  });

const stillAlive = (identities: readonly string[]): IapeerError =>
  new IapeerError({
    code: "session-running",
    what: "sessions are alive, or may be, and their data would be deleted under them",
    why: identities.slice(0, 10).join(", "),
    next: "iapeer stop --all, then uninstall again; nothing was deleted",
  });
