// Verbs about every peer: who that is, and an account of each, whatever becomes of one of them.

import type { VerbAnswer } from "../core/api.ts";
import { IapeerError } from "../core/error.ts";
import type { Identity, Personality } from "../core/names.ts";
import type { PeerRow } from "../core/snapshot.ts";
import { usage } from "./args.ts";
import type { VerbContext } from "./context.ts";
import { look } from "./look.ts";

/** Whom it is about, by its name; null: every peer. */
export function oneOrAll({ args, spec }: VerbContext): string | null {
  const name = args.positional(0);
  const next = `see iapeer ${spec.name} --help`;
  if (args.has("all")) {
    if (name === undefined) return null;
    throw usage(`${spec.name} takes a peer or --all, not both`, next);
  }
  if (name === undefined) throw usage(`${spec.name} needs <peer> or --all`, next);
  return name;
}

/** With `--runtime`, those that have it; none at all is a mistake in its name. */
export async function everyPeer(context: VerbContext): Promise<readonly PeerRow[]> {
  const { snapshot } = await look(await context.app());
  const { peers } = snapshot;
  const asked = context.args.text("runtime");
  if (asked === undefined) return peers;
  const having = peers.filter((peer) => peer.runtimes.some(({ runtime }) => runtime === asked));
  if (having.length > 0) return having;
  throw usage(`no peer has the runtime ${asked}`, "iapeer list shows which there are");
}

/** One that fails does not keep the others from being asked, or from the account. */
export function failed(personality: Personality, thrown: unknown): VerbAnswer {
  if (!(thrown instanceof IapeerError)) throw thrown;
  return {
    result: "failed",
    identity: personality as string as Identity,
    cause: thrown.code,
    detail: thrown.message,
    next: thrown.next,
  };
}
