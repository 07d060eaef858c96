// `~/.local/share/iapeer/manifest.json`: what `iapeer install` has made, so that `uninstall` takes
// away exactly that, and which version is in use, was in use, and where it was built from.

import type { Result } from "../core/result.ts";
import { Fields, parseJsonObject } from "./fields.ts";
import { FILLED_TEXT } from "./name-checks.ts";

export interface InstallManifest {
  /** Folder's name of the version in use. */
  readonly current: string;
  readonly previous: string | null;
  /** The source folder that `update` builds from by default. */
  readonly source: string;
  /** Files and folders, in the order in which they were made. */
  readonly made: readonly string[];
  /** A run began and has not come to its end: what is running may be what was there before it. */
  readonly unfinished: boolean;
  /** What a link in the launcher's place led to; absent: there was none. */
  readonly replaced?: string;
}

export function renderManifest(manifest: InstallManifest): string {
  const { current, previous, source, made, unfinished, replaced } = manifest;
  const fields = { version: 1, current, previous, source, made, unfinished, replaced };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

export function parseManifest(text: string): Result<InstallManifest> {
  const object = parseJsonObject(text);
  if (!object.ok) return object;
  const fields = new Fields(object.value);
  fields.version(1);
  const previous = object.value["previous"] ?? null;
  const replaced = fields.textIf("replaced", FILLED_TEXT);
  return fields.done<InstallManifest>({
    current: fields.text("current", FILLED_TEXT),
    previous: previous === null ? null : fields.text("previous", FILLED_TEXT),
    source: fields.text("source", FILLED_TEXT),
    made: fields.list("made", (item, key) => fields.textAt(key, item, FILLED_TEXT)),
    unfinished: fields.boolean("unfinished", false),
    ...(replaced === undefined ? {} : { replaced }),
  });
}
