// Whether a presence of a peer lives now, by a look and not by its last pass.

import type { Context } from "./context.ts";
import type { Live } from "./live.ts";
import { partLiveness } from "./observe.ts";

export function isLive(context: Context, live: Live): boolean {
  if (live.start === null || live.end !== null) return false;
  const parts = ["server", "pane"] as const;
  const isUp = parts.every((part) => partLiveness(context.host, live, part) === "alive");
  context.rest.wakeEnded(live);
  return isUp;
}

/** Another presence of its peer, which lives: a verb without --runtime would be about that one. */
export const besideIt = (context: Context, live: Live): Live | undefined =>
  context.lives
    .ofPeer(live.personality)
    .find((other) => other !== live && isLive(context, other));
