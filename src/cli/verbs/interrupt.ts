// `iapeer interrupt`: presses the keys that break off a turn.

import { lifeVerb } from "../life-verb.ts";

export const run = lifeVerb("interrupt", "do-it-here");
