// Putting a built version in use: bun beside it, the launcher, and last the one link that decides,
// each replaced by a rename. A run that is cut off leaves the old version in use, or the new one.

import { dirname } from "node:path";
import { placeLauncher, type Launched } from "./launcher.ts";
import { done, notPlaced } from "./placed.ts";
import type { IapeerError } from "../../core/error.ts";
import { installLayout } from "../../core/install-layout.ts";
import { err, ok, type Result } from "../../core/result.ts";
import {
  parseManifest,
  renderManifest,
  type InstallManifest,
} from "../../formats/install-manifest.ts";
import type { Host } from "../../ports/host.ts";
import { readOwn } from "../storage/own-file.ts";

const COPY_MS = 60_000;

/** Null: nothing is installed. */
export function readManifest(host: Host): InstallManifest | null {
  const read = readOwn(host, installLayout(host.facts.home).manifest);
  const parsed = read.state === "ok" ? parseManifest(read.text) : null;
  return parsed?.ok === true ? parsed.value : null;
}

export function writeManifest(host: Host, manifest: InstallManifest): Result<void, IapeerError> {
  const { manifest: path } = installLayout(host.facts.home);
  const written = host.files.writeAtomic(path, renderManifest(manifest), { durable: true });
  return done(written, path);
}

/** Everything beside the version itself; what is there already is left as it is. */
export async function placeTools(
  host: Host,
  launched: Launched,
): Promise<Result<void, IapeerError>> {
  const copied = await placeBun(host);
  return copied.ok ? placeLauncher(host, launched) : copied;
}

/** Replaced by a rename and only by another one: launchd pins what it has started. */
async function placeBun(host: Host): Promise<Result<void, IapeerError>> {
  const { bun } = installLayout(host.facts.home);
  const [from = ""] = host.facts.program;
  if (from === bun || isSameFile(host, from, bun)) return ok(undefined);
  const made = host.files.makeFolder(dirname(bun));
  if (made.state === "failed") return err(notPlaced(`${dirname(bun)}: ${made.detail}`));
  const staging = `${bun}.${host.ids.short()}`;
  const ran = await host.exec.run({ argv: ["/bin/cp", "-p", from, staging], timeoutMs: COPY_MS });
  if (ran.state !== "ok") {
    host.files.remove(staging);
    return err(notPlaced(`${from} cannot be copied: ${ran.stderr.trim() || ran.state}`));
  }
  return done(host.files.rename(staging, bun), bun);
}

/** `cp -p` keeps the time: the same size and time mean the same copy. */
function isSameFile(host: Host, one: string, other: string): boolean {
  const [a, b] = [host.files.stat(one), host.files.stat(other)];
  if (a.state !== "ok" || b.state !== "ok") return false;
  return a.size === b.size && Math.abs(a.mtimeMs - b.mtimeMs) < 1;
}

/** The one step that counts: the link is replaced in one rename. */
export function switchTo(host: Host, build: string): Promise<Result<void, IapeerError>> {
  return replaceByLink(host, installLayout(host.facts.home).current, build);
}

/** `path` becomes a link to `target`, in one rename beside it, whatever it was. */
export async function replaceByLink(
  host: Host,
  path: string,
  target: string,
): Promise<Result<void, IapeerError>> {
  const staging = `${dirname(path)}/.current-${host.ids.short()}`;
  const linked = await host.exec.run({
    argv: ["/bin/ln", "-s", target, staging],
    timeoutMs: COPY_MS,
  });
  if (linked.state !== "ok") return err(notPlaced(linked.stderr.trim() || linked.state));
  const renamed = host.files.rename(staging, path);
  if (renamed.state === "failed") host.files.remove(staging);
  return done(renamed, path);
}
