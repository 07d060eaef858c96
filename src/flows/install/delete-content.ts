// `iapeer uninstall --delete-data`: of the root only what iapeer made, and the root itself only
// when nothing else is in it.

import { removeAny, removeEmpty } from "./leftovers.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Host } from "../../ports/host.ts";
import { ownContent, sharedFolders, stayingIn } from "../storage/root-content.ts";

export interface ContentDeleted {
  readonly deleted: readonly string[];
  readonly kept: readonly string[];
}

/**
 * Deleted is the root, where nothing of it stays; else each path that went. The error is what
 * could not be deleted: then registry and state stay too, by which the next run knows the rest.
 */
export function deleteContent(
  host: Host,
  peers: readonly RegistryEntry[],
): Result<ContentDeleted, readonly string[]> {
  const { registry, stateDir } = host.layout;
  const going = ownContent(host, peers);
  const left: string[] = [];
  for (const path of going) {
    const isLast = path === registry || path === stateDir;
    if (!(isLast && left.length > 0) && !removeAny(host, path)) left.push(path);
  }
  if (left.length > 0) return err(left);
  const folders = sharedFolders(host.layout).filter((dir) => removeEmpty(host, dir));
  const { root } = host.layout;
  const isGone = host.files.stat(root).state === "missing";
  return ok({
    deleted: isGone ? [root] : [...going, ...folders],
    kept: isGone ? [] : stayingIn(host, []),
  });
}
