// Putting a job's file in place: whole, synced, mode 0644, never through a symlink; and what its
// manager opens before our code runs, made ready.

import { dirname } from "node:path";
import type { ServiceAnswer, ServiceJob } from "../core/service.ts";
import { writerOf } from "../formats/temporary-name.ts";
import type { Files } from "../ports/files.ts";
import type { Processes } from "../ports/processes.ts";

export interface JobFile {
  readonly path: string;
  readonly text: string;
  readonly job: ServiceJob;
}

export interface Writing {
  readonly files: Files;
  readonly processes: Processes;
}

/** Null: it is there. The caller has made sure that the file is this root's, or nobody's. */
export function writeJob(deps: Writing, { path, text, job }: JobFile): ServiceAnswer | null {
  const { files } = deps;
  const logs = files.makeFolder(dirname(job.stdout), 0o700);
  if (logs.state === "failed") return unwritten(dirname(job.stdout), logs.detail);
  const folder = dirname(path);
  // The folder is the user's, and its mode is left as it is.
  if (files.stat(folder).state === "missing") {
    const made = files.makeFolder(folder, 0o755);
    if (made.state === "failed") return unwritten(folder, made.detail);
  }
  dropHalfWritten(deps, folder);
  const written = files.writeAtomic(path, text, { mode: 0o644, durable: true });
  return written.state === "failed" ? unwritten(path, written.detail) : null;
}

/** What processes of ours that were killed have left in a folder that is the user's. */
export function dropHalfWritten({ files, processes }: Writing, folder: string): void {
  const listed = files.list(folder);
  for (const name of "names" in listed ? listed.names : []) {
    const writer = writerOf(name);
    const isLeft = writer !== null && processes.exists(writer) === "dead";
    if (isLeft) files.remove(`${folder}/${name}`);
  }
}

const unwritten = (path: string, detail: string): ServiceAnswer => ({
  state: "failed",
  exitCode: null,
  stderr: "",
  reason: `cannot write ${path}: ${detail}`,
  next: `make ${dirname(path)} writable for you, and try again`,
});
