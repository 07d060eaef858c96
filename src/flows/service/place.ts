// What the jobs of this root are made of: the program by a path that stays, an absolute PATH and
// a UTF-8 locale, and no other variable: whatever else a shell holds may be a secret.

import { runningProgram } from "../../core/install-layout.ts";
import type { RegistryEntry } from "../../core/profile.ts";
import type { RuntimeName } from "../../core/names.ts";
import { daemonJob, peerJob, type JobPlace } from "../../core/service-job.ts";
import type { ServiceJob } from "../../core/service.ts";
import { textObjection } from "../../formats/job-text.ts";
import type { Host } from "../../ports/host.ts";

/** Where a service finds programs that a package manager put there, whoever installs it. */
const USUAL = [
  "/opt/homebrew/bin",
  "/usr/local/bin",
  "/usr/bin",
  "/bin",
  "/usr/sbin",
  "/sbin",
] as const;

export function jobPlace(host: Host): JobPlace {
  const { facts, layout } = host;
  const { argv, build } = runningProgram(facts.program, facts.home);
  return {
    root: layout.root,
    program: argv,
    build: build ?? `${facts.version}, not installed`,
    home: facts.home,
    path: pathOf(facts.env["PATH"] ?? ""),
    lang: langOf(facts.env, facts.platform),
  };
}

/** Absolute folders only, each once; the usual ones last. */
function pathOf(own: string): string {
  const given = own
    .split(":")
    .filter((dir) => dir.startsWith("/") && textObjection("PATH", dir) === null);
  return [...new Set([...given, ...USUAL])].join(":");
}

function langOf(env: Readonly<Record<string, string>>, platform: "linux" | "darwin"): string {
  const own = env["LC_ALL"] ?? env["LC_CTYPE"] ?? env["LANG"] ?? "";
  if (/^[\w.@-]+\.utf-?8/i.test(own)) return own;
  return platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8";
}

export const daemonJobOf = (host: Host): ServiceJob => daemonJob(jobPlace(host));

export function peerJobOf(host: Host, peer: RegistryEntry, runtime: RuntimeName): ServiceJob {
  return peerJob(jobPlace(host), { personality: peer.personality, runtime });
}

/**
 * The runtime that a service manager holds a peer up in; null: the daemon looks after it. Agents
 * are the daemon's, however long they live: only it wakes, parks and resumes them.
 */
export function heldRuntime(host: Host, peer: RegistryEntry): RuntimeName | null {
  const traits = host.runtimes.get(peer.default_runtime)?.traits;
  if (traits === undefined || traits.agentic) return null;
  return traits.infrastructure || peer.always_on ? peer.default_runtime : null;
}
