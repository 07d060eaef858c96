// `iapeer refresh`: marks the next wake as fresh (lifecycle §3, `soft-reload`).

import { lifeVerb } from "../life-verb.ts";

export const run = lifeVerb("refresh", "do-it-here");
