// `iapeer rename`: the name is the folder's, so a folder under the root's peers/ moves with it.

import { nameTaken } from "../../flows/peers/create.ts";
import { findPeer } from "../../flows/peers/find.ts";
import { badName } from "../../flows/peers/spec.ts";
import { checkPersonality } from "../../rules/names.ts";
import { tell } from "../answer.ts";
import { ask, asker } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { peerNamed } from "../look.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args } = context;
  const app = await context.app();
  const peer = peerNamed(app, args.required(0));
  const to = checkPersonality(args.required(1));
  if (!to.ok) throw badName(to.error);
  // Told here, where it is what happened, and not why the daemon failed.
  const namesake = findPeer(app.host, to.value);
  if (namesake.ok && namesake.value.personality !== peer.personality) {
    throw nameTaken(namesake.value);
  }
  const call = {
    personality: peer.personality,
    verb: "rename",
    request: { ...asker(context), to: to.value },
  } as const;
  return tell(context, await ask(context, call, "do-it-here"));
}
