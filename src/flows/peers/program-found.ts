// Whether the program that a peer is to run is there, as far as can be told from here: another
// PATH may hold where it is started, so that a program not found is a warning, never a refusal.

import { isAbsolute, join } from "node:path";
import { peerLayout } from "../../core/layout.ts";
import { identityOf, type RuntimeName } from "../../core/names.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import type { Runtime } from "../../ports/runtime.ts";
import { envFileOf, readEnvFile } from "../doctrine.ts";
import { otherProgram } from "../next-step.ts";

type Env = Readonly<Record<string, string>>;

export interface MissingProgram {
  /** What there is to do first, in a few words. */
  readonly step: string;
  readonly warning: string;
}

/** Of a registered peer in one of its runtimes. A launch that is refused has words of its own. */
export function missingIn(
  host: Host,
  entry: RegistryEntry,
  runtime: Runtime,
): MissingProgram | null {
  const envFile = envFileOf(entry);
  const read = envFile === null ? null : readEnvFile(host, envFile);
  const env = read?.ok === true ? read.value.env : {};
  const launch = runtime.launch({
    identity: identityOf(runtime.name, entry.personality),
    peer: entry,
    mode: "fresh",
    launchEnv: env,
    home: host.facts.home,
  });
  if ("refused" in launch) return null;
  return missingProgram(host, entry, { runtime: runtime.name, name: launch.argv[0] ?? "", env });
}

/** `env` is the peer's own environment; `name` its argv[0]. Null when it is found. */
export function missingProgram(
  host: Host,
  entry: RegistryEntry,
  { runtime, name, env }: { runtime: RuntimeName; name: string; env: Env },
): MissingProgram | null {
  const launchEnv = peerLayout(entry.cwd).launchEnv(runtime);
  // The folder's own may name another program, or another PATH.
  if (host.files.stat(launchEnv).state === "ok") return null;
  const path = env["PATH"] ?? host.facts.env["PATH"] ?? "";
  const places = name.includes("/")
    ? [isAbsolute(name) ? name : join(entry.cwd, name)]
    : path.split(":").flatMap((folder) => (folder === "" ? [] : [join(folder, name)]));
  if (places.some((place) => isProgram(host, place))) return null;
  const other = otherProgram(host, entry, runtime);
  const [place = ""] = places;
  const { where, help, step } = told(name, name.includes("/") ? kindOf(host, place) : "sought");
  const remedy = help === null ? other : `${help}, or ${other}`;
  return {
    step: step ?? other,
    warning: `${name} ${where}: before ${whoIn(entry, runtime)} can start, ${remedy}`,
  };
}

const whoIn = (entry: RegistryEntry, runtime: RuntimeName): string =>
  runtime === entry.default_runtime ? entry.personality : identityOf(runtime, entry.personality);

type Unfit = "sought" | "not-there" | "folder" | "not-executable";

function kindOf({ files }: Host, path: string): Unfit {
  const found = files.statTarget(path);
  if (found.state !== "ok") return "not-there";
  if (found.kind === "folder") return "folder";
  return found.kind === "file" ? "not-executable" : "not-there";
}

/** Null: nothing that is to be done with the program itself. */
function told(
  name: string,
  unfit: Unfit,
): { readonly where: string; readonly help: string | null; readonly step: string | null } {
  const install = { help: "install it", step: `install ${name}` };
  switch (unfit) {
    case "sought":
      return { where: "is not found in the PATH here", ...install };
    case "not-there":
      return { where: "is no program here", ...install };
    case "folder":
      return { where: "is a folder", help: null, step: null };
    case "not-executable": {
      const step = `make ${name} executable`;
      return { where: "is not executable", help: "make it executable", step };
    }
  }
}

/** What cannot be looked at is taken for one. */
function isProgram(host: Host, path: string): boolean {
  const found = host.files.statTarget(path);
  if (found.state !== "ok") return found.state === "failed";
  return found.kind === "file" && (found.mode & 0o111) !== 0;
}
