// `iapeer start`: lifts a stop, and wakes.

import { lifeVerb } from "../life-verb.ts";

export const run = lifeVerb("start", "refuse");
