// Planning again inside the lock (architecture): whether the second answer differs from the
// first in anything that would be done. Ages, sizes and deadlines that moved on do not count.

import type { Decision } from "../core/decision.ts";
import { unreachable } from "../core/result.ts";

/** True when `planned` must be dropped because `again` is another answer. */
export const superseded = (planned: Decision, again: Decision): boolean =>
  planned.identity !== again.identity ||
  planned.generation !== again.generation ||
  planned.action !== again.action ||
  substance(planned) !== substance(again);

/** What of a decision changes its effect, beyond its action. */
function substance(decision: Decision): string {
  switch (decision.action) {
    case "none":
      return decision.why;
    case "settle-deliberate":
      return String(decision.parked);
    case "settle-death":
    case "record-end":
      return decision.death;
    case "relaunch":
      return `${decision.cause} ${decision.runtime}`;
    case "reap":
      return decision.reason;
    case "settle-stopped":
    case "settle-unstarted":
    case "clear-server":
    case "arm-canary":
    case "rotate-pane-log":
    case "reopen-pane-log":
      return "";
    default:
      return unreachable(decision);
  }
}
