// Whether the program that a peer is to run is there, as far as can be told from here: another
// PATH may hold where it is started, so that a program not found is a warning, never a refusal.

import { isAbsolute, join } from "node:path";
import { peerLayout } from "../../core/layout.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import { otherProgram } from "../next-step.ts";

type Env = Readonly<Record<string, string>>;

export interface MissingProgram {
  readonly name: string;
  readonly warning: string;
}

/** `env` is the peer's own environment; `name` its argv[0]. Null when it is found. */
export function missingProgram(
  host: Host,
  entry: RegistryEntry,
  { name, env }: { name: string; env: Env },
): MissingProgram | null {
  const launchEnv = peerLayout(entry.cwd).launchEnv(entry.default_runtime);
  // The folder's own may name another program, or another PATH.
  if (host.files.stat(launchEnv).state === "ok") return null;
  const path = env["PATH"] ?? host.facts.env["PATH"] ?? "";
  const places = name.includes("/")
    ? [isAbsolute(name) ? name : join(entry.cwd, name)]
    : path.split(":").flatMap((folder) => (folder === "" ? [] : [join(folder, name)]));
  if (places.some((place) => isProgram(host, place))) return null;
  const where = name.includes("/") ? "is no program here" : "is not found in the PATH here";
  const other = otherProgram(host, entry, entry.default_runtime);
  const remedy = `before ${entry.personality} can start, install it, or ${other}`;
  return { name, warning: `${name} ${where}: ${remedy}` };
}

/** What cannot be looked at is taken for one. */
function isProgram(host: Host, path: string): boolean {
  const found = host.files.statTarget(path);
  if (found.state !== "ok") return found.state === "failed";
  return found.kind === "file" && (found.mode & 0o111) !== 0;
}
