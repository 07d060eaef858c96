// The configuration of a root: flags over environment over its config.json (storage contract).
// Somebody else's root is told from a value that cannot be used.

import type { Config } from "../../core/config.ts";
import { IapeerError } from "../../core/error.ts";
import { layout } from "../../core/layout.ts";
import { err, type Result } from "../../core/result.ts";
import { type ConfigInput, parseConfig } from "../../formats/config.ts";
import type { Files } from "../../ports/files.ts";

export interface ConfigPlace extends Omit<ConfigInput, "fileText"> {
  readonly files: Files;
  readonly uid: number;
}

export function readConfig({ files, uid, ...input }: ConfigPlace): Result<Config, IapeerError> {
  const path = layout(input.root).configFile;
  const read = files.read(path);
  if (read.state === "failed") {
    if (isAnothers(files, input.root, uid)) return err(notYours(input.root, read.detail));
    return err(badConfig(read.detail, `make ${path} readable`));
  }
  const fileText = read.state === "ok" ? read.text : null;
  const parsed = parseConfig({ ...input, fileText });
  return parsed.ok ? parsed : err(badConfig(parsed.error, correct(parsed.error, path)));
}

/** What is in a folder that may not be entered cannot even be looked at. */
function isAnothers(files: Files, root: string, uid: number): boolean {
  const stat = files.statTarget(root);
  return stat.state === "failed" || (stat.state === "ok" && stat.uid !== uid);
}

export const notYours = (root: string, why: string): IapeerError =>
  new IapeerError({
    code: "root-not-yours",
    what: `the root ${root} is not yours to read`,
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
