// A living session makes way for a new one (lifecycle §3, §5), once it is sure that there is room
// for the records of its end and of a launch: it would else be lost for nothing.

import { keepFolder, pathsOf, type GenerationRef } from "./records.ts";
import { teardown } from "./teardown.ts";
import { witnessOf } from "./witness-of.ts";
import type { EndRecord, StartRecord } from "../../core/generation.ts";
import type { Host } from "../../ports/host.ts";

/** More than a launch without a doctrine writes: about 30 KiB in nine files. */
const ROOM_BYTES = 64 * 1024;

const FILLING = "\n".repeat(ROOM_BYTES);

interface Leaving {
  /** Whose word it is; absent: the supervisor's own. */
  readonly from?: string;
  /** Told of an end of ours that no disk had room for. */
  readonly owe: (end: EndRecord) => void;
}

/** Null: it has ended. Else why it has not: nothing could be written. */
export async function makeWay(
  host: Host,
  start: StartRecord,
  { from, owe }: Leaving,
): Promise<{ readonly cause: string; readonly detail: string } | null> {
  const lacking = lacksRoom(host, start);
  if (lacking !== null) return { cause: "state-unwritable", detail: lacking };
  const asked = from === undefined ? {} : { askedBy: from };
  const { owed } = await teardown(host, { start, reason: "new", by: witnessOf(host), ...asked });
  if (owed !== null) owe(owed);
  return null;
}

/** Null: there is room. Tried, since no figure of a disk says what a quota leaves of it. */
export function lacksRoom(host: Host, life: GenerationRef): string | null {
  keepFolder(host, life);
  const path = `${pathsOf(host, life).dir}/room`;
  const tried = host.files.writeAtomic(path, FILLING);
  host.files.remove(path);
  return tried.state === "failed" ? tried.detail : null;
}
