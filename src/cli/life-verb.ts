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

/** Which session it is that says so: what waits meanwhile must not be done to its successor. */
const ownLife = ({ env }: VerbContext): { runtime?: string; generation?: string } => {
  const runtime = env["PEER_RUNTIME"];
  const generation = env["PEER_GENERATION"];
  return {
    ...(runtime === undefined ? {} : { runtime }),
    ...(generation === undefined || generation === "" ? {} : { generation }),
  };
};

async function askAndTell(context: VerbContext, asked: Asked): Promise<VerbExit> {
  const { verb, without, name } = asked;
  const peer = peerNamed(await context.app(), name);
  const isSelf = context.env["PEER_PERSONALITY"] === name;
  const own = isSelf && verb.startsWith("self-") ? ownLife(context) : {};
  const runtime = runtimeOf(peer, context.args.text("runtime") ?? own.runtime);
  const isOwn = runtime === own.runtime && own.generation !== undefined;
  const request = {
    ...asker(context),
    ...(runtime === undefined ? {} : { runtime }),
    ...(isOwn ? { generation: own.generation } : {}),
  };
  const answer = await ask(context, { personality: peer.personality, verb, request }, without);
  return tell(context, answer);
}
