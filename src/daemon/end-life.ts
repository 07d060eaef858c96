// Ending the present life on purpose, as the supervisor sees it: what it knows at once, and the
// record that it owes when no disk had room for it.

import type { Context } from "./context.ts";
import type { Live } from "./live.ts";
import { markDead } from "./watches.ts";
import { keepFolder, recordEnd } from "../flows/session/records.ts";
import { teardown, type TeardownOutcome, type TeardownSpec } from "../flows/session/teardown.ts";
import { witnessOf } from "../flows/session/witness-of.ts";

export async function endLifeOf(
  { host }: Context,
  live: Live,
  ask: Omit<TeardownSpec, "by">,
): Promise<TeardownOutcome> {
  const ended = await teardown(host, { ...ask, by: witnessOf(host) });
  if (ended.owed !== null) live.owed = ended.owed;
  // The watch's own word may come a moment later; a zombie would look alive until then.
  if (ended.state === "ended") markDead(host, live, "server");
  return ended;
}

/** Tried at each tick: a park that was made on a full disk is a park all the same. */
export function payRecord({ host }: Context, live: Live): void {
  if (live.owed === null) return;
  keepFolder(host, live.owed);
  if (recordEnd(host, live.owed).ok) live.owed = null;
}
