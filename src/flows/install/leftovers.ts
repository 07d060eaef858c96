// What runs of install that were cut off have left, by names that only install gives. Whatever else
// is in its folders may be somebody's, a root for instance, and is never touched.

import { dirname } from "node:path";
import { ENTRY, installLayout } from "../../core/install-layout.ts";
import { writerOf } from "../../formats/temporary-name.ts";
import type { Host } from "../../ports/host.ts";
import { listNames } from "../storage/list-names.ts";

const STAGING = /^\.(?:building|current)-[0-9a-f]{8}$/;
const LINK_STAGING = /^\.current-[0-9a-f]{8}$/;
const BUN_STAGING = /^bun\.[0-9a-f]{8}$/;

/** Names in install's folder that a whole installation has there: versions, their link, and bun. */
export function programs(host: Host): readonly string[] {
  const { share } = installLayout(host.facts.home);
  const isThere = (path: string) => host.files.stat(path).state === "ok";
  return listNames(host, share).filter((name) => {
    if (STAGING.test(name)) return false;
    const isLink = name === "current" || (name === "bin" && isThere(`${share}/bin/bun`));
    return isLink || isThere(`${share}/${name}/${ENTRY}`);
  });
}

/** Only while nobody else installs. */
export function dropLeftovers(host: Host): void {
  const { share, bun, launcher } = installLayout(host.facts.home);
  const isLeft = (name: string) => {
    const writer = writerOf(name);
    return writer !== null && host.processes.exists(writer) === "dead";
  };
  drop(host, share, (name) => STAGING.test(name) || isLeft(name));
  drop(host, dirname(bun), (name) => BUN_STAGING.test(name) || isLeft(name));
  drop(host, dirname(launcher), (name) => LINK_STAGING.test(name) || isLeft(name));
}

function drop(host: Host, dir: string, isOurs: (name: string) => boolean): void {
  for (const name of listNames(host, dir)) {
    if (isOurs(name)) removeAny(host, `${dir}/${name}`);
  }
}

/** True when it is not there any more. */
export function removeAny(host: Host, path: string): boolean {
  const stat = host.files.stat(path);
  if (stat.state !== "ok") return stat.state === "missing";
  const removed =
    stat.kind === "folder" ? host.files.removeTree(path) : host.files.remove(path);
  return removed.state === "ok";
}

/** True when it was empty, and is gone. */
export function removeEmpty(host: Host, dir: string): boolean {
  if (host.files.stat(dir).state !== "ok") return false;
  const listed = host.files.list(dir);
  const isEmpty = "names" in listed && listed.names.length === 0;
  return isEmpty && host.files.removeTree(dir).state === "ok";
}
