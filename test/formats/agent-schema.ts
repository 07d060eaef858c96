// The typed schema of every key in our plists, and what of one does not fit it (service-manager
// contract, "Tests").

import type { PlistDict, PlistValue } from "../../src/formats/plist.ts";

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
  "com.iapeer.managed": "boolean",
  "com.iapeer.root": "string",
  "com.iapeer.build": "string",
};

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
