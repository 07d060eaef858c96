// A job of the embedded manager on disk: what it was started with, and the process that it became.

import type { ProcessRef } from "../core/process-ref.ts";
import { err, ok, type Result } from "../core/result.ts";
import { labelOf, type ServiceJob } from "../core/service.ts";
import { Fields, parseJsonObject } from "./fields.ts";
import { jobObjections } from "./job-text.ts";
import { FILLED_TEXT } from "./name-checks.ts";

/** For people, and to know which build was started. */
export function renderBackgroundJob(job: ServiceJob): Result<string> {
  const against = jobObjections(job);
  if (against.length > 0) return err(against.join("; "));
  const { description, argv, env, cwd, stdout, stderr, root, build } = job;
  const label = labelOf(job.id);
  const shown = { label, description, argv, env, cwd, stdout, stderr, root, build };
  return ok(`${JSON.stringify(shown, null, 2)}\n`);
}

export const renderPid = ({ pid, start }: ProcessRef): string =>
  `${JSON.stringify({ pid, start })}\n`;

/** Null: it names no process. */
export function parsePid(text: string): ProcessRef | null {
  const object = parseJsonObject(text);
  if (!object.ok) return null;
  const fields = new Fields(object.value);
  const read = fields.done<ProcessRef>({
    pid: fields.whole("pid", 2),
    start: fields.text("start", FILLED_TEXT),
  });
  return read.ok ? read.value : null;
}
