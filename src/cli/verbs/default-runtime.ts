// `iapeer default-runtime`: the runtime in which a peer is woken.

import { setDefaultRuntime } from "../../flows/peers/change.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { tellPeer } from "../told-peer.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args } = context;
  const { host } = await context.app();
  const outcome = await setDefaultRuntime(host, args.required(0), args.required(1));
  return tellPeer(context, outcome, ({ entry }) => {
    return `${entry.personality} is woken in ${entry.default_runtime} from now on`;
  });
}
