// A job as a launchd agent: its plist, the typed schema of every key that is used, and the marks
// by which a plist is known to be ours (service-manager contract, "launchd").

import { err, ok, type Result } from "../core/result.ts";
import { labelOf, type ServiceJob } from "../core/service.ts";
import { jobObjections } from "./job-text.ts";
import { parsePlist, type PlistDict, type PlistValue, renderPlist } from "./plist.ts";

/** Inert for launchd: it keeps keys that it does not know, and acts on none. */
export const MANAGED_KEY = "com.iapeer.managed";
export const ROOT_KEY = "com.iapeer.root";
const BUILD_KEY = "com.iapeer.build";

/** Soft limit of open files; launchd's own default, 256, is too low for a fleet. */
const OPEN_FILES = 10_240;
/** 077. */
const UMASK = 63;

type KeyType = "string" | "strings" | "boolean" | "integer" | "texts" | "keep-alive" | "limits";

/** Every key of our plists, and the only type that launchd takes it in. */
export const AGENT_KEYS: Readonly<Record<string, KeyType>> = {
  Label: "string",
  ProgramArguments: "strings",
  RunAtLoad: "boolean",
  KeepAlive: "keep-alive",
  ThrottleInterval: "integer",
  ExitTimeOut: "integer",
  ProcessType: "string",
  AbandonProcessGroup: "boolean",
  WorkingDirectory: "string",
  EnvironmentVariables: "texts",
  SoftResourceLimits: "limits",
  Umask: "integer",
  StandardOutPath: "string",
  StandardErrorPath: "string",
  [MANAGED_KEY]: "boolean",
  [ROOT_KEY]: "string",
  [BUILD_KEY]: "string",
};

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

/** Keys that are not in the schema, or whose value launchd would pass over in silence. */
export function agentProblems(dict: PlistDict): readonly string[] {
  return Object.entries(dict).flatMap(([key, value]) => {
    const type = AGENT_KEYS[key];
    if (type === undefined) return [`${key} is no key of ours`];
    return isOfType(value, type) ? [] : [`${key} is not of type ${type}`];
  });
}

const isText = (value: PlistValue): value is string => typeof value === "string";

function isOfType(value: PlistValue, type: KeyType): boolean {
  switch (type) {
    case "string":
      return isText(value);
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return Number.isSafeInteger(value);
    case "strings":
      return Array.isArray(value) && value.length > 0 && value.every(isText);
    case "texts":
      return valuesOf(value)?.every(isText) ?? false;
    case "limits":
      return valuesOf(value)?.every((item) => Number.isSafeInteger(item)) ?? false;
    case "keep-alive":
      return (
        typeof value === "boolean" ||
        (valuesOf(value)?.every((item) => typeof item === "boolean") ?? false)
      );
  }
}

const valuesOf = (value: PlistValue): readonly PlistValue[] | null =>
  typeof value === "object" && !Array.isArray(value) ? Object.values(value) : null;
