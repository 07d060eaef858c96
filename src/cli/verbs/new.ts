// `iapeer new`: a fresh life at once (lifecycle §3).

import { lifeVerb } from "../life-verb.ts";

export const run = lifeVerb("new", "refuse");
