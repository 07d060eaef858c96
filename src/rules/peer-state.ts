// What a peer is shown as (lifecycle §2): always observed, never a remembered flag.

import type { Config } from "../core/config.ts";
import type { PeerState } from "../core/states.ts";
import type { IdentityView, Now } from "../core/world.ts";
import { examine, type PlanCase } from "./plan-case.ts";

/**
 * The state of one presence. A living session is `alive` even while its stop flag is set or its
 * guard would refuse it: both speak of the next wake.
 */
export function peerState(view: IdentityView, now: Now, config: Config): PeerState {
  const c = examine(view, now, config);
  if (view.managed) return heldState(c);
  if (view.launching) return "starting";
  if (c.unknown) return "unknown";
  if (c.generation !== null && !c.gone) return "alive";
  if (c.stopped) return "stopped";
  return c.crashLoop.looped ? "crash-looped" : "asleep";
}

/** Held, and left down: its operator's halt comes first, as it does for a message (§3). */
function heldState({ view, stopped, unknown, gone, generation }: PlanCase): PeerState {
  const isDown = !unknown && (generation === null || gone);
  if (stopped && isDown) return "stopped";
  return view.doc.gaveUpWall === undefined ? "managed" : "crash-looped";
}
