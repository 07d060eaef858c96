// `iapeer add-runtime`: one more way for a peer to be present.

import { addRuntime } from "../../flows/peers/change.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { withProgress } from "../progress.ts";
import { tellPeer } from "../told-peer.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, terminal } = context;
  const { host } = await context.app();
  const [personality, runtime] = [args.required(0), args.required(1)];
  const adding = addRuntime(host, { personality, runtime, interrupted: terminal.interrupted });
  const outcome = await withProgress(context, `add-runtime ${personality} ${runtime}`, adding);
  return tellPeer(context, outcome, ({ entry }) => {
    return `${entry.personality} may run in ${entry.runtimes.join(", ")}`;
  });
}
