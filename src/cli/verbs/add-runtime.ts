// `iapeer add-runtime`: one more way for a peer to be present.

import { addRuntime } from "../../flows/peers/change.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { tellPeer } from "../told-peer.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args } = context;
  const { host } = await context.app();
  const outcome = await addRuntime(host, args.required(0), args.required(1));
  return tellPeer(context, outcome, ({ entry }) => {
    return `${entry.personality} may run in ${entry.runtimes.join(", ")}`;
  });
}
