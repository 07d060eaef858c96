// Which service manager holds this root, as its install has written it down.

import { IapeerError } from "../../core/error.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { ManagerChoice } from "../../core/service.ts";
import { renderInstant } from "../../formats/instant.ts";
import {
  parseManagerRecord,
  renderManagerRecord,
  type ManagerRecord,
} from "../../formats/manager-record.ts";
import type { Host } from "../../ports/host.ts";
import { readOwn } from "../storage/own-file.ts";

/** Null: nothing holds it, or what is written cannot be read. */
export function readManagerRecord(host: Host): ManagerRecord | null {
  const read = readOwn(host, host.layout.managerRecord);
  const parsed = read.state === "ok" ? parseManagerRecord(read.text) : null;
  return parsed?.ok === true ? parsed.value : null;
}

export function writeManagerRecord(host: Host, choice: ManagerChoice): Result<void, IapeerError> {
  const text = renderManagerRecord(recordOf(host, choice));
  const path = host.layout.managerRecord;
  const written = host.files.writeAtomic(path, text, { durable: true });
  if (written.state === "ok") return ok(undefined);
  return err(
    new IapeerError({
      code: "manager-not-recorded",
      what: "which service manager holds this root could not be written down",
      why: `${path}: ${written.detail}`,
      next: "make room, or make the folder writable, and try again",
    }),
  );
}

/** One that is chosen since it is recorded keeps why it was chosen first. */
function recordOf(host: Host, { manager, trace, isAsRecorded }: ManagerChoice): ManagerRecord {
  const before = readManagerRecord(host);
  if (before?.manager === manager && isAsRecorded === true) return before;
  return { manager, since: renderInstant(host.clock.wall()), trace };
}

export const forgetManager = ({ files, layout }: Host): void =>
  void files.remove(layout.managerRecord);
