// `iapeer compact`: types the command that compacts the conversation.

import { lifeVerb } from "../life-verb.ts";

export const run = lifeVerb("compact", "do-it-here");
