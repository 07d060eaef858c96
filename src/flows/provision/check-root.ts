// The scratch root of `iapeer provider check`: a home, a registry, and a peer in each of the
// awkward folders, so that a provider finds what it would find on a host.

import type { Personality, RuntimeName } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { renderRegistry } from "../../formats/registry.ts";
import type { Host } from "../../ports/host.ts";
import { listNames } from "../storage/list-names.ts";
import { writeProfile } from "../storage/profile.ts";

export interface CheckRoot {
  readonly home: string;
  readonly root: string;
  readonly peers: readonly RegistryEntry[];
}

export interface CheckRootSpec {
  readonly scratch: string;
  readonly names: readonly string[];
  readonly runtimes: readonly RuntimeName[];
}

export function prepareCheckRoot(host: Host, spec: CheckRootSpec): Result<CheckRoot> {
  const home = `${spec.scratch}/home`;
  const root = `${home}/.iapeer`;
  const peers = spec.names.map((name, index) => entryAt(`${spec.scratch}/peers/${name}`, {
    personality: `check-${index + 1}` as Personality,
    runtimes: spec.runtimes,
  }));
  for (const folder of [root, ...peers.map(({ cwd }) => cwd)]) {
    const made = host.files.makeFolder(folder);
    if (made.state === "failed") return err(made.detail);
  }
  for (const peer of peers) {
    const written = writeProfile(host, peer.cwd, { profile: peer, extra: {} });
    if (written.state === "failed") return err(written.detail);
  }
  const registry = renderRegistry({ version: 1, peers });
  const written = host.files.writeAtomic(`${root}/peers-profiles.json`, registry);
  return written.state === "ok" ? ok({ home, root, peers }) : err(written.detail);
}

function entryAt(
  cwd: string,
  who: { readonly personality: Personality; readonly runtimes: readonly RuntimeName[] },
): RegistryEntry {
  return {
    ...who,
    cwd,
    default_runtime: who.runtimes[0] ?? ("command" as RuntimeName),
    description: "a peer that exists for a check",
    intelligence: "artificial",
    wake_policy: "warm",
    always_on: false,
    interfaces: {},
  };
}

/** The environment of a check: everything that is the person's own is out of reach. */
export const checkEnv = ({ home, root }: CheckRoot): Readonly<Record<string, string>> => ({
  HOME: home,
  IAPEER_ROOT: root,
  XDG_CONFIG_HOME: `${home}/.config`,
  XDG_DATA_HOME: `${home}/.local/share`,
  XDG_STATE_HOME: `${home}/.local/state`,
  XDG_CACHE_HOME: `${home}/.cache`,
  CLAUDE_CONFIG_DIR: `${home}/.claude`,
  CODEX_HOME: `${home}/.codex`,
});

/** Files that only a shell can have made, from a folder's name. */
export const strangers = (host: Host, { home }: CheckRoot): readonly string[] =>
  [`${home}.pwned`].filter((path) => host.files.stat(path).state !== "missing");

const FILES_MAX = 2000;
const BYTES_MAX = 1024 * 1024;

/** Every file under a folder with what is in it; folders alone do not count. */
export function pictureOf(host: Host, dir: string): ReadonlyMap<string, string> {
  const picture = new Map<string, string>();
  const folders = [dir];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const name of listNames(host, next)) {
      const path = `${next}/${name}`;
      const stat = host.files.stat(path);
      if (stat.state === "ok" && stat.kind === "folder") folders.push(path);
      else if (picture.size < FILES_MAX) picture.set(path, contentOf(host, path));
    }
  }
  return picture;
}

function contentOf(host: Host, path: string): string {
  const read = host.files.read(path, BYTES_MAX);
  return read.state === "ok" ? read.text : read.state;
}

/** Names of the files that differ, within the folder. */
export function differences(
  dir: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => path.slice(dir.length + 1));
}
