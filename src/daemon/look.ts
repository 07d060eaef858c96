// One look at a root that no daemon supervises: a listing, or why a peer is as it is. Only reads,
// and loads nothing of what a supervisor does.

import { Lanes } from "./lanes.ts";
import { admitLeftovers, refreshMembers, type Membership, type Scope } from "./members.ts";
import type { Host } from "../ports/host.ts";

export function lookOnce(host: Host, scope: Scope): Membership {
  const seen: Membership = {
    host,
    lives: new Map(),
    lanes: new Lanes(),
    state: { registry: { version: 1, peers: [] }, registryStamp: "", ticks: 0 },
  };
  refreshMembers(seen, scope);
  admitLeftovers(seen, scope);
  return seen;
}
