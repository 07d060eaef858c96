// `iapeer self-done`: said by a peer about itself (lifecycle §4).

import { selfVerb } from "../life-verb.ts";

export const run = selfVerb("self-done", "do-it-here");
