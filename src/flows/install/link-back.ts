// The link of a checkout's own that install has put its launcher in place of: uninstall makes it
// again, so that whoever began as README says is back where they were.

import { isLauncher, leadsToSource } from "./launcher.ts";
import { readManifest, replaceByLink } from "./place-program.ts";
import { installLayout } from "../../core/install-layout.ts";
import type { Host } from "../../ports/host.ts";

/** What it led to, by a path that does; null: there is no such link in the launcher's place. */
export function replacedBy(host: Host, source: string): string | null {
  const { launcher } = installLayout(host.facts.home);
  return leadsToSource(host, launcher, source) ? `${source}/src/main.ts` : null;
}

/** Null: there was none, what it led to is gone, or somebody has put something else there. */
export function linkBack(host: Host): string | null {
  const { launcher } = installLayout(host.facts.home);
  const target = readManifest(host)?.replaced ?? null;
  if (target === null) return null;
  const end = host.files.statTarget(target);
  if (end.state !== "ok" || end.kind !== "file") return null;
  const there = host.files.stat(launcher);
  const isFree =
    there.state === "missing" ||
    (there.state === "ok" && there.kind === "file" && isLauncher(host.files.read(launcher)));
  return isFree ? target : null;
}

/** What it leads to again; null: nothing was changed. */
export async function putLinkBack(host: Host): Promise<string | null> {
  const target = linkBack(host);
  if (target === null) return null;
  const linked = await replaceByLink(host, installLayout(host.facts.home).launcher, target);
  return linked.ok ? target : null;
}
