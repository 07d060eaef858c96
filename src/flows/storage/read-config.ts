// The configuration of a root: flags over environment over its config.json (storage contract).
// Somebody else's root is told from a value that cannot be used.

import type { Config } from "../../core/config.ts";
import { IapeerError } from "../../core/error.ts";
import { layout } from "../../core/layout.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { type ConfigInput, parseConfig } from "../../formats/config.ts";
import type { Files } from "../../ports/files.ts";

export interface ConfigPlace extends Omit<ConfigInput, "fileText"> {
  readonly files: Files;
  readonly uid: number;
}

export interface ConfigRead {
  /** What can be used of it; defaults for the rest. */
  readonly config: Config;
  /** Why it may not be used to change anything. */
  readonly trouble: IapeerError | null;
}

/** An error only for somebody else's root. */
export function readConfig(place: ConfigPlace): Result<ConfigRead, IapeerError> {
  const { files, uid, ...input } = place;
  const path = layout(input.root).configFile;
  const read = files.read(path);
  const isUnread = read.state === "failed";
  if (isUnread && isAnothers(files, input.root, uid)) {
    return err(notYours(input.root, read.detail));
  }
  const fileText = read.state === "ok" ? read.text : null;
  const { config, problems } = parseConfig({ ...input, fileText });
  if (isUnread) return ok({ config, trouble: badConfig(read.detail, `make ${path} readable`) });
  if (problems.length === 0) return ok({ config, trouble: null });
  const why = problems.join("\n");
  return ok({ config, trouble: badConfig(why, correct(why, path)) });
}

/** What is in a folder that may not be entered cannot even be looked at. */
function isAnothers(files: Files, root: string, uid: number): boolean {
  const stat = files.statTarget(root);
  return stat.state === "failed" || (stat.state === "ok" && stat.uid !== uid);
}

export const notYours = (root: string, why: string): IapeerError =>
  new IapeerError({
    code: "root-not-yours",
    what: `the root ${root} is not yours`,
    why,
    next: "choose another root with --root, or do this as its owner",
    exit: 2,
  });

/** Each line of the error begins with where its value comes from. */
function correct(error: string, path: string): string {
  const isOfFile = error.split("\n").map((line) => line.startsWith("config.json: "));
  if (isOfFile.every(Boolean)) return `correct ${path}`;
  return isOfFile.some(Boolean) ? `correct the variable, and ${path}` : "correct the variable";
}

const badConfig = (why: string, next: string): IapeerError =>
  new IapeerError({
    code: "bad-config",
    what: "the configuration cannot be used",
    why,
    next,
    exit: 2,
  });
