// Reading and setting aside files that must be ours: a symlink or another user's file in the
// way is refused, and a file that does not parse is moved, never overwritten (storage contract).

import { dirname } from "node:path";
import { type WallMs, wallMs } from "../../core/brand.ts";
import { renderInstant } from "../../formats/instant.ts";
import type { ReadOutcome, StatOutcome } from "../../ports/files.ts";
import type { Host } from "../../ports/host.ts";

/** What a file of ours may not be; null when there is nothing against it. */
export function objection(host: Host, stat: StatOutcome): string | null {
  if (stat.state === "missing") return null;
  if (stat.state === "failed") return stat.detail;
  if (stat.kind === "symlink") return "it is a symlink";
  if (stat.uid !== host.facts.uid) return `it belongs to another user (uid ${stat.uid})`;
  return null;
}

/** As `objection`, of a folder. */
export function folderObjection(host: Host, stat: StatOutcome): string | null {
  const isOther = stat.state === "ok" && stat.kind !== "folder";
  return objection(host, stat) ?? (isOther ? "it is not a folder" : null);
}

/** Like `files.read`, but refuses symlinks and files of other users, and says so. */
export function readOwn(host: Host, path: string, maxBytes?: number): ReadOutcome {
  const read = host.files.readOwned(path, host.facts.uid, maxBytes);
  if (read.state !== "failed") return read;
  const against = objection(host, host.files.stat(path));
  return against === null ? read : { state: "failed", code: "EREFUSED", detail: against };
}

/**
 * As `readOwn`, of a file that is mostly missing: an opening that fails costs far more than a
 * look.
 */
export function readOwnIfThere(host: Host, path: string, maxBytes?: number): ReadOutcome {
  const isMissing = host.files.stat(path).state === "missing";
  return isMissing ? { state: "missing" } : readOwn(host, path, maxBytes);
}

/** The first of these folders that may not be used, with the reason; null: none. */
export function folderInTheWay(host: Host, folders: readonly string[]): string | null {
  for (const path of folders) {
    const against = folderObjection(host, host.files.stat(path));
    if (against !== null) return `${path}: ${against}`;
  }
  return null;
}

export type SetAside =
  | { readonly state: "ok"; readonly path: string }
  | { readonly state: "failed"; readonly detail: string };

/**
 * Moves a file to `<name>.<label>-<time>` beside it, for good: a power cut does not bring it back.
 * An earlier one there is kept.
 */
export function setAside(host: Host, path: string, label: "corrupt" | "removed"): SetAside {
  const target = freeName(host, `${path}.${label}-${stamp(host.clock.wall())}`);
  const moved = host.files.rename(path, target);
  if (moved.state === "failed") return { state: "failed", detail: moved.detail };
  host.files.syncFolder(dirname(path));
  return { state: "ok", path: target };
}

/**
 * For a file that is replaced in place: its text goes beside it, under the time of its last change,
 * so that trying again makes no second copy.
 */
export function copyAside(host: Host, path: string, text: string): SetAside {
  const stat = host.files.stat(path);
  if (stat.state !== "ok") return { state: "failed", detail: `${path} is gone` };
  const target = `${path}.corrupt-${stamp(wallMs(Math.floor(stat.mtimeMs)))}`;
  const linked = host.files.linkNew(target, text);
  return linked.state === "failed"
    ? { state: "failed", detail: linked.detail }
    : { state: "ok", path: target };
}

const stamp = (wall: WallMs): string => renderInstant(wall).replace(/[-:.]/g, "");

function freeName(host: Host, base: string): string {
  let name = base;
  for (let n = 2; host.files.stat(name).state !== "missing" && n < 100; n += 1) {
    name = `${base}-${n}`;
  }
  return name;
}
