// What to do about a launch that failed, for causes that do not say it themselves.

import { peerLayout } from "../core/layout.ts";
import type { Presence } from "../core/profile.ts";
import type { LaunchFailure } from "./session/launch.ts";

export function nextStep(personality: string, cause: string): string {
  const step = NEXT_STEPS.get(cause) ?? `see iapeer why ${personality}`;
  return `${step}, then try again`;
}

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

/** A declared command is its own program: only that of a runtime has another place. */
export function supplyStep(
  { peer, runtime }: Presence,
  lacks: NonNullable<LaunchFailure["lacks"]>,
): string {
  if (lacks === "tmux") return "install tmux, then try again";
  if (lacks === "folder") return "make that folder again, or run iapeer init in it where it is now";
  if (peer.command !== undefined) return "install it, then try again";
  const launchEnv = peerLayout(peer.cwd).launchEnv(runtime);
  return `install it, or give IAPEER_PROGRAM=/its/path in ${launchEnv}`;
}
