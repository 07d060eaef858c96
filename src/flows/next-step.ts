// What to do about a launch that failed, for causes that do not say it themselves.

import { peerLayout } from "../core/layout.ts";
import type { RuntimeName } from "../core/names.ts";
import type { Presence, RegistryEntry } from "../core/profile.ts";
import type { Host } from "../ports/host.ts";
import { takesProgram } from "./peers/spec.ts";
import type { LaunchFailure } from "./session/launch.ts";

export function nextStep(personality: string, cause: string): string {
  return `${stepFor(cause) ?? `see iapeer why ${personality}`}, then try again`;
}

/** Undefined: the cause alone does not tell. */
export const stepFor = (cause: string): string | undefined => NEXT_STEPS.get(cause);

const NEXT_STEPS: ReadonlyMap<string, string> = new Map([
  ["not-a-socket", "move it away"],
  ["foreign-server", "end that server yourself, or move its socket away"],
  ["launch-env", "put that file right"],
  ["doctrine", "make room on the disk, or the folder writable"],
  ["state-folder", "make room on the disk, or the folder writable"],
  ["state-unwritable", "make room on the disk, or the folder writable"],
  ["socket-path", "choose a shorter IAPEER_ROOT"],
  ["survived", "end those processes yourself"],
]);

export type Lack = NonNullable<LaunchFailure["lacks"]>;

export const supplyStep = (host: Host, presence: Presence, lacks: Lack): string =>
  lacks === "tmux"
    ? `${supply(host, presence, lacks)}, then try again`
    : supply(host, presence, lacks);

const MORE_FILES =
  "stop other peers, or let the daemon have more files open: ulimit -Hn, or its container's limit";

/** What there has to be before it can be launched. */
export function supply(host: Host, { peer, runtime }: Presence, lacks: Lack): string {
  if (lacks === "tmux") return "install tmux";
  if (lacks === "descriptors") return MORE_FILES;
  if (lacks === "folder") return "make that folder again, or run iapeer init in it where it is now";
  const other = otherProgram(host, peer, runtime);
  if (lacks === "file") return other;
  return `${lacks === "executable" ? "make it executable" : "install it"}, or ${other}`;
}

/** A declared command is its own program: only that of a runtime has another place. */
export function otherProgram(host: Host, peer: RegistryEntry, name: RuntimeName): string {
  const files = peerLayout(peer.cwd);
  const runtime = host.runtimes.get(name);
  return runtime !== undefined && takesProgram(runtime)
    ? `correct the command in ${files.profile}, then iapeer verify --fix`
    : `give IAPEER_PROGRAM=/its/path in ${files.launchEnv(name)}`;
}
