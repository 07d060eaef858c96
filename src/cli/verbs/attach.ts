// `iapeer attach`: an alive peer directly, a sleeping one after the daemon has resumed it
// (lifecycle §3).

import type { PeerRow, PresenceRow } from "../../core/snapshot.ts";
import { tell } from "../answer.ts";
import { ask, asker } from "../ask.ts";
import { attachTo, needTerminal } from "../attach-terminal.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { peerNamed, rowOf, runtimeOf } from "../look.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const app = await context.app();
  const peer = peerNamed(app, context.args.required(0));
  const asked = runtimeOf(peer, context.args.text("runtime"));
  needTerminal(context, peer.personality);
  const alive = aliveOf(await rowOf(app, peer), asked);
  if (alive?.generation !== undefined) {
    return attachTo(context, peer, { identity: alive.identity, generation: alive.generation });
  }
  const request = { ...asker(context), ...(asked === undefined ? {} : { runtime: asked }) };
  const { personality } = peer;
  const answer = await ask(context, { personality, verb: "attach", request }, "refuse");
  const isUp = answer.result === "woke" || answer.result === "already-alive";
  return isUp ? attachTo(context, peer, answer) : tell(context, answer);
}

/** The runtime asked for, else the default one, else whichever is alive. */
function aliveOf(row: PeerRow, asked: string | undefined): PresenceRow | undefined {
  const alive = row.runtimes.filter(({ state }) => state === "alive");
  if (asked !== undefined) return alive.find(({ runtime }) => runtime === asked);
  return alive.find(({ runtime }) => runtime === row.default_runtime) ?? alive[0];
}
