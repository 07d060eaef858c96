// `iapeer self-fresh`: said by a peer about itself (lifecycle §4).

import { selfVerb } from "../life-verb.ts";

export const run = selfVerb("self-fresh");
