// What install made and is still there, by its manifest: what uninstall takes away, and nothing
// else (service-manager contract).

import { dirname } from "node:path";
import { foldersAbove } from "./in-turn.ts";
import { isLauncher } from "./launcher.ts";
import { programs } from "./leftovers.ts";
import { readManifest } from "./place-program.ts";
import { installLayout } from "../../core/install-layout.ts";
import type { Host } from "../../ports/host.ts";

export interface Made {
  /** The manifest last: a run that is cut off before it can be repeated. */
  readonly paths: readonly string[];
  /** Deepest first. */
  readonly folders: readonly string[];
}

/** What looks like install's, where no manifest can be read that says so. */
export function unlisted(host: Host): readonly string[] {
  if (readManifest(host) !== null) return [];
  const { launcher, share } = installLayout(host.facts.home);
  const there = host.files.stat(launcher);
  const isFile = there.state === "ok" && there.kind === "file";
  const isOurs = isFile && isLauncher(host.files.read(launcher));
  return [...(isOurs ? [launcher] : []), ...programs(host).map((name) => `${share}/${name}`)];
}

/** Only what is there; a launcher that somebody replaced is theirs. */
export function madeBy(host: Host): Made {
  const { share, launcher, manifest, bun } = installLayout(host.facts.home);
  const made = readManifest(host)?.made ?? [];
  const isThere = (path: string) => host.files.stat(path).state === "ok";
  const isOurs = (path: string) =>
    path === launcher ? isLauncher(host.files.read(path)) : path.startsWith(`${share}/`);
  const isListed = unlisted(host).length === 0;
  const files = made.filter((path) => path !== manifest && isThere(path) && isOurs(path));
  const above = foldersAbove(host).filter((dir) => made.includes(dir));
  const folders = [dirname(bun), share, ...above.toReversed()].filter(isThere);
  return {
    paths: [...new Set(files), ...(isListed && isThere(manifest) ? [manifest] : [])],
    folders: isListed && isThere(share) ? folders : [],
  };
}
