// The shape that most life verbs share: find the peer, ask, tell.

import type { Verb } from "../core/api.ts";
import { tell } from "./answer.ts";
import { ask, asker, type Without } from "./ask.ts";
import { usage } from "./args.ts";
import type { VerbContext, VerbExit } from "./context.ts";
import { peerNamed, runtimeOf } from "./look.ts";

export const lifeVerb =
  (verb: Verb, without: Without) =>
  async (context: VerbContext): Promise<VerbExit> =>
    askAndTell(context, { verb, without, name: context.args.required(0) });

/** For verbs that a peer says about itself: its name comes from its own environment. */
export const selfVerb =
  (verb: Verb, without: Without) =>
  async (context: VerbContext): Promise<VerbExit> => {
    const name = context.args.positional(0) ?? context.env["PEER_PERSONALITY"];
    if (name === undefined) {
      throw usage(
        `${verb} was not run by a peer, so it needs a peer's name`,
        `iapeer ${verb} <peer>`,
      );
    }
    return askAndTell(context, { verb, without, name });
  };

interface Asked {
  readonly verb: Verb;
  readonly without: Without;
  readonly name: string;
}

async function askAndTell(context: VerbContext, asked: Asked): Promise<VerbExit> {
  const { verb, without, name } = asked;
  const peer = peerNamed(await context.app(), name);
  const isSelf = context.env["PEER_PERSONALITY"] === name;
  const own = isSelf && verb.startsWith("self-") ? context.env["PEER_RUNTIME"] : undefined;
  const runtime = runtimeOf(peer, context.args.text("runtime") ?? own);
  const request = { ...asker(context), ...(runtime === undefined ? {} : { runtime }) };
  const answer = await ask(context, { personality: peer.personality, verb, request }, without);
  return tell(context, answer);
}
