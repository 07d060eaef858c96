// `iapeer self-fresh`: said by a peer about itself (lifecycle §4). Without a daemon nothing would
// come after it, so the peer keeps the session that it has.

import { selfVerb } from "../life-verb.ts";

export const run = selfVerb("self-fresh", "refuse");
