// What a manager was last handed of a job. launchd does not read a plist again on `kickstart`: a
// file that was written after the job was loaded is told apart by this, also by the run that
// comes after one that was cut off in between.

import { labelOf, type JobId } from "../core/service.ts";
import type { Files, WriteOutcome } from "../ports/files.ts";

export interface LoadedText {
  /** True only when exactly this text was handed over, and nothing after it. */
  is(id: JobId, text: string): boolean;
  /** Anything was handed over, or it cannot be told whether. */
  isNoted(id: JobId): boolean;
  note(id: JobId, text: string): WriteOutcome;
  forget(id: JobId): void;
}

export function createLoadedText(files: Files, dir: string): LoadedText {
  const pathOf = (id: JobId) => `${dir}/${labelOf(id)}.loaded`;
  return {
    is: (id, text) => {
      const read = files.read(pathOf(id));
      return read.state === "ok" && read.text === text;
    },
    isNoted: (id) => files.stat(pathOf(id)).state !== "missing",
    note: (id, text) => {
      files.makeFolder(dir);
      return files.writeAtomic(pathOf(id), text, { durable: true });
    },
    forget: (id) => void files.remove(pathOf(id)),
  };
}
