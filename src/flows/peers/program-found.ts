// Whether the program that a peer is to run is there, as far as can be told from here: another
// PATH may hold where it is started, so that a program not found is a warning, never a refusal.

import { isAbsolute, join } from "node:path";
import { peerLayout } from "../../core/layout.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import { otherProgram } from "../next-step.ts";

type Env = Readonly<Record<string, string>>;

/** `env` is the peer's own environment; `name` its argv[0]. Empty when it is found. */
export function programWarnings(
  host: Host,
  entry: RegistryEntry,
  { name, env }: { name: string; env: Env },
): readonly string[] {
  const launchEnv = peerLayout(entry.cwd).launchEnv(entry.default_runtime);
  // The folder's own may name another program, or another PATH.
  if (host.files.stat(launchEnv).state === "ok") return [];
  const path = env["PATH"] ?? host.facts.env["PATH"] ?? "";
  const places = name.includes("/")
    ? [isAbsolute(name) ? name : join(entry.cwd, name)]
    : path.split(":").flatMap((folder) => (folder === "" ? [] : [join(folder, name)]));
  if (places.some((place) => isProgram(host, place))) return [];
  const where = name.includes("/") ? "is no program here" : "is not found in the PATH here";
  const other = otherProgram(host, entry, entry.default_runtime);
  return [`${name} ${where}: before ${entry.personality} can start, install it, or ${other}`];
}

/** What cannot be looked at is taken for one. */
function isProgram(host: Host, path: string): boolean {
  const found = host.files.statTarget(path);
  if (found.state !== "ok") return found.state === "failed";
  return found.kind === "file" && (found.mode & 0o111) !== 0;
}
