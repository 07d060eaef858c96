// `iapeer live-runtime`: in which runtimes a peer is alive now.

import type { VerbContext, VerbExit } from "../context.ts";
import { peerNamed, rowOf } from "../look.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output } = context;
  const app = await context.app();
  const peer = peerNamed(app, args.required(0));
  const { runtimes: presences } = await rowOf(app, peer);
  const alive = presences.filter(({ state }) => state === "alive");
  const runtimes = alive.map(({ runtime }) => runtime);
  output.json({ schema: "iapeer.live-runtime.v1", personality: peer.personality, runtimes });
  output.lines(runtimes);
  if (runtimes.length === 0) output.note(`${peer.personality} is not alive`);
  return runtimes.length === 0 ? 1 : 0;
}
