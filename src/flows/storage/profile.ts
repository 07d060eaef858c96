// A peer's profile in its own folder: the source of truth about it (storage contract).

import { peerLayout } from "../../core/layout.ts";
import type { Profile } from "../../core/profile.ts";
import { parseProfile, renderProfile } from "../../formats/profile.ts";
import type { WriteOutcome } from "../../ports/files.ts";
import type { Host } from "../../ports/host.ts";
import { folderObjection, readOwn } from "./own-file.ts";

/** A profile and the fields in its file that this version does not know. */
export interface ProfileFile {
  readonly profile: Profile;
  readonly extra: Readonly<Record<string, unknown>>;
}

export type ProfileRead =
  | ({ readonly state: "ok" } & ProfileFile)
  /** `folder`: false when the peer's folder itself is not there. */
  | { readonly state: "missing"; readonly folder: boolean }
  | { readonly state: "corrupt"; readonly detail: string }
  | { readonly state: "failed"; readonly detail: string };

export function readProfile(host: Host, cwd: string): ProfileRead {
  const paths = peerLayout(cwd);
  const against = folderObjection(host, host.files.stat(paths.dir));
  if (against !== null) return { state: "failed", detail: `${paths.dir}: ${against}` };
  const read = readOwn(host, paths.profile);
  if (read.state === "missing") {
    return { state: "missing", folder: host.files.stat(cwd).state !== "missing" };
  }
  if (read.state === "failed") {
    return { state: "failed", detail: `${paths.profile}: ${read.detail}` };
  }
  const parsed = parseProfile(read.text);
  if (!parsed.ok) return { state: "corrupt", detail: parsed.error };
  return { state: "ok", profile: parsed.value.profile, extra: parsed.value.extra };
}

/**
 * Writes the profile durably; unknown fields in `extra` come back out as they were read.
 * The caller has made sure that no file which does not parse is overwritten.
 */
export function writeProfile(host: Host, cwd: string, file: ProfileFile): WriteOutcome {
  const paths = peerLayout(cwd);
  const stat = host.files.stat(paths.dir);
  const against = folderObjection(host, stat);
  if (against !== null) {
    return { state: "failed", code: "EREFUSED", detail: `${paths.dir}: ${against}` };
  }
  if (stat.state === "missing") {
    const made = host.files.makeFolder(paths.dir, 0o700, true);
    if (made.state !== "ok") return made;
  }
  const text = renderProfile(file.profile, file.extra);
  return host.files.writeAtomic(paths.profile, text, { durable: true });
}
