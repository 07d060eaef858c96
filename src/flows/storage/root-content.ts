// What in a root is iapeer's own, by name (storage contract): a folder that somebody else uses too
// is no new root, and what iapeer did not make in one is not iapeer's to delete.

import { basename, dirname, normalize } from "node:path";
import type { Layout } from "../../core/layout.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { writerOf } from "../../formats/temporary-name.ts";
import type { Host } from "../../ports/host.ts";
import { listNames } from "./list-names.ts";

const filesOf = (layout: Layout): readonly string[] =>
  [layout.doctrine, layout.memoryProvider, layout.configFile, layout.registry].map((path) =>
    basename(path),
  );

/** A file itself, its copies that were moved aside, its lock, and one that is being written. */
const isFileOf = (layout: Layout, name: string): boolean =>
  writerOf(name) !== null ||
  filesOf(layout).some(
    (file) => name === file || name === `${file}.lock` || name.startsWith(`${file}.corrupt-`),
  );

/** Of the contract's folders; and what a system puts into any folder. */
const FOLDERS = ["peers", "run", "state", "logs", "services.d", "runtimes"];
const ANYWHERE = [".DS_Store", "lost+found", "fleet.yaml"];

/** Names for which the folder is no new root; none where it is a root, or refused anyway. */
export function foreignNames(host: Host): readonly string[] {
  const { layout } = host;
  const root = host.files.stat(layout.root);
  const isTheirs = root.state !== "ok" || root.kind !== "folder" || root.uid !== host.facts.uid;
  if (isTheirs || host.files.stat(layout.stateDir).state !== "missing") return [];
  return listNames(host, layout.root).filter(
    (name) => !FOLDERS.includes(name) && !ANYWHERE.includes(name) && !isFileOf(layout, name),
  );
}

/** Its folder is one under `peers/`, and no path that only begins there and leads out again. */
export const isInPeers =
  ({ peersDir }: Layout) =>
  ({ cwd }: RegistryEntry): boolean =>
    cwd.startsWith(`${peersDir}/`) && normalize(cwd) === cwd && !cwd.endsWith("/");

const SOCKET = /\.sock(?:\.lock)?$/;

/**
 * Paths that `uninstall --delete-data` deletes, in its order: the registry late, and the layout's
 * version last, so that a run that is cut off can be repeated. The folder of a peer that was
 * removed stays, as its removal said.
 */
export function ownContent(host: Host, peers: readonly RegistryEntry[]): readonly string[] {
  const { root, runDir, logsDir, stateDir, registry } = host.layout;
  const inDir = (dir: string, isOurs: (name: string) => boolean) =>
    listNames(host, dir)
      .filter(isOurs)
      .map((name) => `${dir}/${name}`);
  const registered = peers.filter(isInPeers(host.layout)).map(({ cwd }) => cwd);
  const files = inDir(root, (name) => isFileOf(host.layout, name));
  // What a symlink leads to is somebody else's.
  const run = host.files.stat(runDir);
  const isOwn = run.state === "ok" && run.kind === "folder";
  const isSocket = (name: string) => isOwn && (SOCKET.test(name) || writerOf(name) !== null);
  const all = [
    ...registered,
    ...inDir(runDir, isSocket),
    logsDir,
    ...files.filter((path) => path !== registry),
    registry,
    stateDir,
  ];
  return [...new Set(all)].filter((path) => host.files.stat(path).state !== "missing");
}

/** They go when nothing else is in them; the root last. */
export const sharedFolders = ({ root, peersDir, runDir, logsDir, stateDir }: Layout) =>
  [peersDir, runDir, dirname(logsDir), dirname(stateDir), root] as const;

/** What would be left of the root without `going`: nobody here made it. */
export function stayingIn(host: Host, going: readonly string[]): readonly string[] {
  const left = (dir: string): readonly string[] =>
    listNames(host, dir)
      .map((name) => `${dir}/${name}`)
      .flatMap((path) => {
        if (going.includes(path)) return [];
        return folders.includes(path) ? left(path) : [path];
      });
  const folders: readonly string[] = sharedFolders(host.layout);
  return left(host.layout.root);
}
