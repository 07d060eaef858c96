// The keys of a plist that the fake acts on. What plists hold is checked against python elsewhere
// (test/formats): here it only has to be read.

import { readFileSync } from "node:fs";
import { parsePlist } from "../../../src/formats/plist.ts";

export interface JobPlist {
  readonly Label: string;
  readonly ProgramArguments: readonly string[];
  readonly EnvironmentVariables?: Readonly<Record<string, string>>;
  readonly KeepAlive?: boolean | Readonly<Record<string, boolean>>;
  readonly RunAtLoad?: boolean;
  readonly ThrottleInterval?: number;
  readonly ExitTimeOut?: number;
  readonly WorkingDirectory?: string;
  readonly StandardOutPath?: string;
  readonly StandardErrorPath?: string;
  readonly AbandonProcessGroup?: boolean;
}

export function readPlist(path: string): JobPlist {
  const parsed = parsePlist(readFileSync(path, "utf8"));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value as unknown as JobPlist;
}
