// Changing an identity's document for a verb: on disk before anything is done about it, or the
// verb has failed and nothing was done.

import type { Context } from "../context.ts";
import { refreshLive, type Live } from "../live.ts";
import { failed, refused, rootLost, unwritable } from "./answers.ts";
import type { VerbAnswer } from "../../core/api.ts";
import type { IdentityDoc } from "../../core/identity-doc.ts";
import { changeDoc } from "../../flows/storage/identity-doc.ts";

/** Null: it is on disk. */
export function mark(
  context: Context,
  live: Live,
  change: (doc: IdentityDoc) => IdentityDoc,
): VerbAnswer | null {
  if (context.isLost()) return rootLost(live);
  // Removed or renamed while this was waited for: a document would be left to nobody.
  if (context.lives.get(live.identity) !== live) return gone(live);
  // One that was taken away is there again before it is changed.
  refreshLive(context.host, live);
  const changed = changeDoc(context.host, live.identity, change);
  refreshLive(context.host, live);
  if (changed.state === "ok") return null;
  return changed.code === "EREAD"
    ? failed(live, "state-unwritable", [changed.detail, "iapeer verify"])
    : unwritable(live, changed.detail);
}

function gone(live: Live): VerbAnswer {
  const detail = `${live.personality} has just been ${live.leaving ?? "removed"}`;
  return refused(live, "unknown-peer", [detail, "iapeer list"]);
}
