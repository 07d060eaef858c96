// A job as a launchd agent: its plist, and the marks by which a plist is known to be ours
// (service-manager contract, "launchd").

import { err, ok, type Result } from "../core/result.ts";
import { labelOf, type ServiceJob } from "../core/service.ts";
import { jobObjections } from "./job-text.ts";
import { parsePlist, type PlistDict, renderPlist } from "./plist.ts";

/** Inert for launchd: it keeps keys that it does not know, and acts on none. */
const MANAGED_KEY = "com.iapeer.managed";
const ROOT_KEY = "com.iapeer.root";
const BUILD_KEY = "com.iapeer.build";

/** Soft limit of open files; launchd's own default, 256, is too low for a fleet. */
const OPEN_FILES = 10_240;
/** 077. */
const UMASK = 63;

/** The plist's text; the error names everything that cannot be written. */
export function renderAgent(job: ServiceJob): Result<string> {
  const against = jobObjections(job);
  return against.length > 0 ? err(against.join("; ")) : ok(renderPlist(agentDict(job)));
}

function agentDict(job: ServiceJob): PlistDict {
  return {
    Label: labelOf(job.id),
    ProgramArguments: job.argv,
    RunAtLoad: true,
    KeepAlive: job.restart === "always" ? true : { SuccessfulExit: false, Crashed: true },
    ThrottleInterval: job.throttleSecs,
    ExitTimeOut: job.exitTimeoutSecs,
    ProcessType: "Interactive",
    AbandonProcessGroup: true,
    WorkingDirectory: job.cwd,
    EnvironmentVariables: job.env,
    SoftResourceLimits: { NumberOfFiles: OPEN_FILES },
    Umask: UMASK,
    StandardOutPath: job.stdout,
    StandardErrorPath: job.stderr,
    [MANAGED_KEY]: true,
    [ROOT_KEY]: job.root,
    [BUILD_KEY]: job.build,
  };
}

export type FileMark =
  | { readonly mark: "ours"; readonly root: string }
  | { readonly mark: "foreign"; readonly detail: string };

/** Whose a plist is, by its text alone. One that does not parse is nobody's of ours. */
export function agentMark(text: string): FileMark {
  const parsed = parsePlist(text);
  if (!parsed.ok) return { mark: "foreign", detail: `it does not parse: ${parsed.error}` };
  const { [MANAGED_KEY]: managed, [ROOT_KEY]: root } = parsed.value;
  if (managed !== true) return { mark: "foreign", detail: `it has no ${MANAGED_KEY}` };
  if (typeof root !== "string") return { mark: "foreign", detail: `it has no ${ROOT_KEY}` };
  return { mark: "ours", root };
}
