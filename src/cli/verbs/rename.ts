// `iapeer rename`: the name is the folder's, so a folder under the root's peers/ moves with it.

import { NAME_HINT } from "../../flows/peers/spec.ts";
import { checkPersonality } from "../../rules/names.ts";
import { tell } from "../answer.ts";
import { usage } from "../args.ts";
import { ask, asker } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { peerNamed } from "../look.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args } = context;
  const peer = peerNamed(await context.app(), args.required(0));
  const to = checkPersonality(args.required(1));
  if (!to.ok) throw usage(to.error, NAME_HINT);
  const call = {
    personality: peer.personality,
    verb: "rename",
    request: { ...asker(context), to: to.value },
  } as const;
  return tell(context, await ask(context, call, "do-it-here"));
}
