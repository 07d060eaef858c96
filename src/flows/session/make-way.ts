// A living session makes way for a new one (lifecycle §3, §5), once it is sure that there is room
// for the records of its end and of a launch: it would else be lost for nothing.

import { keepFolder, pathsOf } from "./records.ts";
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
  // Tried, since no figure of a disk says what a quota or a permission leaves of it.
  keepFolder(host, start);
  const path = `${pathsOf(host, start).dir}/room`;
  const tried = host.files.writeAtomic(path, FILLING);
  host.files.remove(path);
  if (tried.state === "failed") return { cause: "state-unwritable", detail: tried.detail };
  const asked = from === undefined ? {} : { askedBy: from };
  const { owed } = await teardown(host, { start, reason: "new", by: witnessOf(host), ...asked });
  if (owed !== null) owe(owed);
  return null;
}
