// One look at a root that no daemon supervises: a listing, or why a peer is as it is. Only reads,
// and loads nothing of what a supervisor does.

import { Lanes } from "./lanes.ts";
import type { Live } from "./live.ts";
import { Lives } from "./lives.ts";
import { admitLeftovers, refreshMembers, type Membership, type Scope } from "./members.ts";
import { isAnswering } from "../flows/session/socket-for.ts";
import type { Host } from "../ports/host.ts";

export function lookOnce(host: Host, scope: Scope): Membership {
  const seen: Membership = {
    host,
    lives: new Lives(),
    lanes: new Lanes(),
    state: { registry: { version: 1, peers: [] }, registryStamp: "", ticks: 0 },
  };
  refreshMembers(seen, scope);
  admitLeftovers(seen, scope);
  for (const live of seen.lives.values()) {
    if (isHidden(host, live)) live.docKnown = false;
  }
  return seen;
}

/**
 * Nothing is kept of a life, and somebody answers at its socket: whose server that is only tmux
 * tells, and the next daemon asks it. A stat for each peer that is not known to have run.
 */
function isHidden(host: Host, { identity, doc, docKnown }: Live): boolean {
  return docKnown && doc.generation === null && isAnswering(host, identity);
}
